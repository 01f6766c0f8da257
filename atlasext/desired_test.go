package atlasext_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// dev is an empty database for one source.
func (w *world) dev(s atlasext.Source) (*pgtest.Database, atlasext.Source) {
	w.T.Helper()
	dev := pgtest.New(w.T)
	s.Dev = dev.Conn(w.T)
	if w.scoped {
		s.DevSchema = "public"
	}
	return dev, s
}

// clean reports whether nothing is in a dev database.
func (w *world) clean(dev *pgtest.Database) {
	w.T.Helper()
	w.Equal(dev.Text(w.T, "select count(*) from pg_class where oid >= 16384 and relkind in ('r', 'p', 'i', 'S')"), "0")
	w.Equal(dev.Text(w.T, "select string_agg(nspname, ',') from pg_namespace where nspname !~ '^pg_|information_schema'"), "public")
}

// In a dev database expressions get the form in which the server gives them back: defaults, checks, and keys.
func TestNormalizesExpressionsInDevDatabase(t *testing.T) {
	inWorlds(t, func(w *world) {
		more := `
  column "note" {
    null    = true
    type    = text
    default = sql("lower('X') || 'y'")
  }
  check "positive" {
    expr = "id > 0 and id in (1,2,3)"
  }`
		readings := `
table "readings" {
  schema = schema.$ns
  column "at" {
    null = false
    type = timestamptz
  }
  partition {
    type = RANGE
    by {
      expr = "date_trunc('day', at at time zone 'UTC')"
    }
  }
}
`
		dev, s := w.dev(w.source(eventsHCL(more, dailyHCL)+readings, ".hcl"))
		d, err := s.Read(w.T.Context())
		w.NoErr(err)
		w.clean(dev)
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Desired = d
		w.run(r)
		w.Equal(len(w.plan(r).Changes), 0)
		w.exec("create table readings_1 partition of readings for values from ('2054-01-01') to ('2054-01-02')")
		w.Equal(len(w.plan(r).Changes), 0)
		w.Equal(w.partitions("events"), "3")
	})
}

// SQL files are desired state too; partitions in them are left out, and the dev database is left empty.
func TestTakesDesiredStateFromSQL(t *testing.T) {
	inWorlds(t, func(w *world) {
		dev, s := w.dev(w.source(eventsSQL+`;
create table events_1 partition of events for values from ('2054-01-01 00:00+00') to ('2054-01-02 00:00+00');
create table users (id bigint primary key, name text default lower('X'));`, ".sql"))
		d, err := s.Read(w.T.Context())
		w.NoErr(err)
		w.clean(dev)
		r := w.runner(eventsHCL("", ""), "2054-01-11T12:00:00Z")
		r.Desired = d
		r.Tasks = []lifecycle.Task{{Table: catalog.Name{Schema: w.schema, Table: "events"}, Policy: lifecycle.Policy{
			Every: period.Days(1), Ahead: period.Windows(2)}}}
		if !w.scoped {
			r.Tasks[0].Table.Schema = "public"
		}
		w.run(r)
		w.True(w.exists("users"))
		w.Equal(w.partitions("events"), "2")
	})
}

// A realm that Go code made is desired state as well.
func TestTakesDesiredStateFromGo(t *testing.T) {
	inWorlds(t, func(w *world) {
		id, at := schema.NewColumn("id").SetType(&schema.IntegerType{T: "bigint"}), schema.NewColumn("at").SetType(&schema.TimeType{T: "timestamptz"})
		table := schema.NewTable("events").AddColumns(id, at)
		table.AddAttrs(&postgres.Partition{T: "RANGE", Parts: []*postgres.PartitionPart{{C: at}}})
		realm := schema.NewRealm(schema.New(w.schema).AddTables(table))
		dev, s := w.dev(atlasext.Source{Realm: realm})
		if w.scoped {
			s.Schema = w.schema
		}
		d, err := s.Read(w.T.Context())
		w.NoErr(err)
		w.clean(dev)
		r := w.runner(eventsHCL("", ""), "2054-01-11T12:00:00Z")
		r.Desired = d
		r.Tasks = []lifecycle.Task{{Table: catalog.Name{Schema: w.schema, Table: "events"}, Policy: lifecycle.Policy{
			Every: period.Months(1), Ahead: period.Windows(2)}}}
		w.run(r)
		w.Equal(w.partitions("events"), "2")
	})
}

// Variables and locals work in policies, and a folder is all of its files.
func TestReadsVariablesInPolicies(t *testing.T) {
	inWorlds(t, func(w *world) {
		folder := w.T.TempDir()
		text := strings.ReplaceAll(eventsHCL("", `lifecycle {
      every = local.width
      ahead = var.ahead
    }`), "$ns", w.schema)
		w.NoErr(os.WriteFile(filepath.Join(folder, "a.hcl"), []byte(text), 0o600))
		w.NoErr(os.WriteFile(filepath.Join(folder, "b.hcl"), []byte(`
variable "ahead" {
  type = number
}
locals {
  width = "${1} day"
}
`), 0o600))
		s := atlasext.Source{Files: []string{folder}, Variables: map[string]cty.Value{"ahead": cty.NumberIntVal(5)}}
		if w.scoped {
			s.Schema = w.schema
		}
		d, err := s.Read(w.T.Context())
		w.NoErr(err)
		r := w.runner(eventsHCL("", ""), "2054-01-11T12:00:00Z")
		r.Desired = d
		w.run(r)
		w.Equal(w.partitions("events"), "5")
	})
}

// One table in two places is an error.
func TestRefusesTwoPoliciesOfOneTable(t *testing.T) {
	inWorlds(t, func(w *world) {
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Tasks = []lifecycle.Task{{Table: r.Desired.Policies[0].Name, Policy: r.Desired.Policies[0].Policy}}
		_, err := w.try(r)
		w.True(err != nil)
		w.True(strings.Contains(err.Error(), "events"))
		w.True(!w.exists("events"))
	})
}
