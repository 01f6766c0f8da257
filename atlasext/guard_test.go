package atlasext_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

const emptyHCL = `
schema "$ns" {}
`

// guarded is a change that a guard stands in the way of.
type guarded struct {
	ddl   string // of what there is
	hcl   string // of what is desired
	guard atlasext.Guard
	says  string
	after string // a query that is true once the guard was lifted
	realm bool   // it concerns only connections that see the whole database
}

var guardedChanges = map[string]guarded{
	"drop of a parent": {
		ddl: eventsSQL + "; create table events_1 partition of events for values from ('2054-01-01 00:00+00') to ('2054-01-02 00:00+00')",
		hcl: emptyHCL, guard: atlasext.DropPartitioned, says: "would be dropped with 1 partition (about",
		after: "select to_regclass('$ns.events') is null",
	},
	"most tables would be gone": {
		ddl: eventsSQL + "; create table a (id int); create table b (id int); create table c (id int)",
		hcl: eventsHCL("", ""), guard: atlasext.Empty, says: "3 of 4 tables would be dropped",
		after: "select to_regclass('$ns.a') is null and to_regclass('$ns.events') is not null",
	},
	"all tables would be gone": {
		ddl: "create table a (id int)", hcl: emptyHCL, guard: atlasext.Empty, says: "all tables (1) would be dropped",
		after: "select to_regclass('$ns.a') is null",
	},
	"rename of a parent": {
		ddl: eventsSQL, hcl: strings.ReplaceAll(eventsHCL("", ""), `"events"`, `"happenings"`), guard: atlasext.DropRenamed, says: "$ns.happenings made, which looks like a rename",
		after: "select to_regclass('$ns.events') is null and to_regclass('$ns.happenings') is not null",
	},
	"partition declared as a table": {
		ddl: eventsSQL + "; create table events_1 partition of events for values from ('2054-01-01 00:00+00') to ('2054-01-02 00:00+00')",
		hcl: eventsHCL("", "") + `
table "events_1" {
  schema = schema.$ns
  column "id" {
    null = false
    type = bigint
  }
}
`, guard: atlasext.DeclaredPartition, says: "table $ns.events_1 is declared and is a partition of $ns.events",
		after: "select count(*) = 1 from pg_inherits where inhparent = '$ns.events'::regclass",
	},
	"change of the key": {
		ddl: strings.ReplaceAll(eventsSQL, "range (at)", "range (id)"), hcl: eventsHCL("", ""), guard: atlasext.Recreate, says: "changes from RANGE (id) to RANGE (at)",
		after: "select pg_get_partkeydef('$ns.events'::regclass) = 'RANGE (at)'",
	},
	"change of the key's type": {
		ddl: strings.ReplaceAll(eventsSQL, "timestamptz", "timestamp"), hcl: eventsHCL("", ""), guard: atlasext.Recreate, says: "the type of key column at changes from timestamp without time zone",
		after: "select atttypid = 'timestamptz'::regtype from pg_attribute where attrelid = '$ns.events'::regclass and attname = 'at'",
	},
	"partitions would be gone": {
		ddl: eventsSQL, hcl: strings.ReplaceAll(eventsHCL("", ""), "  partition {\n    type    = RANGE\n    columns = [column.at]\n    \n  }\n", ""), guard: atlasext.Recreate, says: "to none",
		after: "select relkind = 'r' from pg_class where oid = '$ns.events'::regclass",
	},
	"unique index without the key": {
		ddl: eventsSQL, hcl: eventsHCL("index \"events_id\" {\n    unique = true\n    columns = [column.id]\n  }", ""), guard: atlasext.UniqueWithoutKey, says: "lacks the partition key, column at",
		after: "select to_regclass('$ns.events_id') is null",
	},
	"primary key without the key": {
		ddl: eventsSQL, hcl: strings.ReplaceAll(eventsHCL("", ""), "[column.id, column.at]", "[column.id]"), guard: atlasext.UniqueWithoutKey, says: "the primary key of partitioned table",
		after: "select count(*) = 1 from pg_constraint where conrelid = '$ns.events'::regclass and contype = 'p'",
	},
	"drop of a schema with partitions": {
		ddl: eventsSQL + "; create schema parts; create table parts.stranger (id int); create table parts.events_1 partition of events for values from ('2054-01-01 00:00+00') to ('2054-01-02 00:00+00')",
		hcl: eventsHCL("", ""), guard: atlasext.DropSchema, says: "schema parts is not declared and would be dropped with 1 partition", realm: true,
		after: "select to_regnamespace('parts') is null",
	},
}

// Each guard refuses with the flag that lifts it, nothing is done then, and lifted it lets the change pass.
func TestGuards(t *testing.T) {
	for name, g := range guardedChanges {
		t.Run(name, func(t *testing.T) {
			inWorlds(t, func(w *world) {
				if g.realm && w.scoped {
					return // seen from one schema no other is dropped
				}
				w.exec(g.ddl)
				r := w.runner(g.hcl, "2054-01-01T12:00:00Z")
				r.Allow = slices.DeleteFunc(r.Allow, func(lifted atlasext.Allowed) bool { return lifted.Guard == g.guard })
				before := w.shape()
				report, err := w.try(r)
				var refused *atlasext.RefusedError
				w.True(errors.As(err, &refused))
				w.Equal(len(refused.Guards), 1)
				w.Equal(refused.Guards[0].Guard, g.guard)
				text := err.Error()
				w.True(strings.Contains(text, g.guard.Flag()))
				if says := strings.ReplaceAll(g.says, "$ns", w.schema); !strings.Contains(text, says) {
					w.T.Errorf("%s\ndoes not say %q", text, says)
				}
				w.Equal(len(report.Applied), 0)
				w.Equal(w.shape(), before)

				r.Allow = append(r.Allow, refused.Guards[0].Allowed())
				w.run(r)
				w.Equal(w.text(g.after), "true")
			})
		})
	}
}

// shape tells all relations apart.
func (w *world) shape() string {
	return w.text("select string_agg(oid || ' ' || relname || ' ' || relfilenode, ',' order by oid) from pg_class where oid >= 16384")
}

// What another guard's flag would lift stays refused.
func TestGuardIsNotLiftedByAnother(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		r := w.runner(emptyHCL, "2054-01-01T12:00:00Z")
		for _, g := range atlasext.Guards() {
			if g != atlasext.DropPartitioned {
				r.Allow = append(r.Allow, atlasext.Allowed{Guard: g, Table: catalog.Name{Schema: w.schema, Table: "events"}})
			}
		}
		_, err := w.try(r)
		var refused *atlasext.RefusedError
		w.True(errors.As(err, &refused))
	})
}

// A table that is made anew gets its partitions in the same run, under the names that the old ones had.
func TestRecreatedTableGetsItsPartitions(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(strings.ReplaceAll(eventsSQL, "timestamptz", "timestamp"))
		w.exec("create table events__2054_01_11 partition of events for values from ('2054-01-11') to ('2054-01-12')")
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Allow = []atlasext.Allowed{{Guard: atlasext.Recreate, Table: catalog.Name{Schema: w.schema, Table: "events"}}}
		p := w.plan(r)
		w.Equal(len(p.Partitions[0].Operations()), 3)
		w.Equal(lifecycleCounts(w.run(r)).Created, 3)
	})
}

// With TxNone every statement stands alone: what was done before one that fails stays.
func TestWithoutOneTransaction(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec("create table older (id int); create table people (id int); insert into people values (null)")
		people := `
table "older" {
  schema = schema.$ns
  column "id" {
    null = true
    type = integer
  }
  column "more" {
    null = true
    type = integer
  }
}
table "people" {
  schema = schema.$ns
  column "id" {
    null = false
    type = integer
  }
}
`
		r := w.runner(eventsHCL("", dailyHCL)+people, "2054-01-11T12:00:00Z")
		r.TxMode = atlasext.TxNone
		report, err := w.try(r)
		var failed *atlasext.ChangeError
		w.True(errors.As(err, &failed))
		w.Equal(failed.Change.SQL, `ALTER TABLE "`+w.schema+`"."people" ALTER COLUMN "id" SET NOT NULL`)
		w.True(len(report.Applied) > 0)
		w.Equal(w.text("select count(*) from pg_attribute where attrelid = '$ns.older'::regclass and attname = 'more'"), "1")
	})
}

// A guard is lifted for one table, and for no other.
func TestGuardIsLiftedForOneTable(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table other (at timestamptz) partition by range (at)")
		r := w.runner(emptyHCL, "2054-01-01T12:00:00Z")
		r.Allow = append(r.Allow, atlasext.Allowed{Guard: atlasext.DropPartitioned, Table: catalog.Name{Schema: w.schema, Table: "events"}})
		_, err := w.try(r)
		var refused *atlasext.RefusedError
		w.True(errors.As(err, &refused))
		w.Equal(len(refused.Guards), 1)
		w.Equal(refused.Guards[0].Table.Table, "other")
		w.True(strings.HasSuffix(refused.Guards[0].Error(), "(--allow-drop-partitioned "+w.schema+".other does it all the same)"))
		w.True(w.exists("events"))
	})
}

// A refusal concerns the schema. A partition that is missing breaks inserts, so it is made all the same; nothing is retired.
func TestRefusalDoesNotStopCreation(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table other (at timestamptz) partition by range (at)")
		w.attachDays("2053-12-01", 2)
		policy := `lifecycle {
      every = "1 day"
      ahead = 3
      keep  = 5
    }`
		fresh := strings.ReplaceAll(eventsHCL("", policy), `"events"`, `"fresh"`)
		r := w.runner(eventsHCL("", policy)+fresh[strings.Index(fresh, "table"):], "2054-01-11T12:00:00Z")
		for range 2 {
			report, err := w.try(r)
			var refused *atlasext.RefusedError
			w.True(errors.As(err, &refused))
			w.NoErr(refused.Creation)
			w.Equal(len(report.Applied), 0)
			w.True(w.exists("other"))
			w.True(!w.exists("fresh"))
			w.Equal(w.partitions("events"), "5")
		}
		r.Allow = append(r.Allow, atlasext.Allowed{Guard: atlasext.DropPartitioned, Table: catalog.Name{Schema: w.schema, Table: "other"}})
		w.run(r)
		w.Equal(w.partitions("events"), "3")
		w.Equal(w.partitions("fresh"), "3")
	})
}
