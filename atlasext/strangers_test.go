package atlasext_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Tables of other migrators stay, and none that is only called alike.
func TestLeavesVersionTablesAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(`create table goose_db_version (id int); create table atlas_schema_revisions (version text);
			create table my_versions (id int); create table goose_db_version2 (id int);
			create table schema_migrations (version bigint); create table schema_version (version int)`)
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.VersionTables = append(atlasext.DefaultVersionTables(), catalog.Name{Schema: w.schema, Table: "my_versions"})
		w.run(r)
		w.True(w.exists("goose_db_version"))
		w.True(w.exists("atlas_schema_revisions"))
		w.True(w.exists("schema_migrations"))
		w.True(w.exists("schema_version"))
		w.True(w.exists("my_versions"))
		w.True(!w.exists("goose_db_version2"))
		w.True(w.exists("events__2054_01_11"))
	})
}

// What has the name of a version table in another schema than the one named is nobody's version table.
func TestKnowsVersionTablesByTheirWholeName(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec("create table my_versions (id int)")
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.VersionTables = []catalog.Name{{Schema: "elsewhere", Table: "my_versions"}}
		w.run(r)
		w.True(!w.exists("my_versions"))
	})
}

// A version table that the desired state declares is a table like any other.
func TestManagesDeclaredVersionTables(t *testing.T) {
	inWorlds(t, func(w *world) {
		own := `
table "goose_db_version" {
  schema = schema.$ns
  column "id" {
    null = true
    type = integer
  }
}
`
		r := w.runner(eventsHCL("", dailyHCL)+own, "2054-01-11T12:00:00Z")
		w.run(r)
		w.True(w.exists("goose_db_version"))
	})
}

// Partitions and detached ones may live in a schema of their own, which Atlas takes for an empty one that nobody wants.
func TestLeavesSchemaOfPartitionsAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec("create schema parts; create schema atlas_schema_revisions; create table atlas_schema_revisions.atlas_schema_revisions (version text)")
		policy := `lifecycle {
      every      = "1 day"
      ahead      = 2
      keep       = 2
      drop_after = "30 days"
      schema     = "parts"
    }`
		w.run(w.runner(eventsHCL("", policy), "2054-01-11T12:00:00Z"))
		report := w.run(w.runner(eventsHCL("", policy), "2054-01-13T12:00:00Z"))
		w.Equal(lifecycleCounts(report).Detached, 1)
		report = w.run(w.runner(eventsHCL("", policy), "2054-01-14T12:00:00Z"))
		w.Equal(lifecycleCounts(report).Detached, 1)
		w.Equal(w.text("select count(*) from pg_class where relnamespace = 'parts'::regnamespace and relkind = 'r'"), "5")
		r := w.runner(eventsHCL("", policy), "2054-01-14T12:00:00Z")
		if !w.scoped {
			w.True(slices.ContainsFunc(w.alone(r), func(s string) bool { return strings.HasPrefix(s, `DROP SCHEMA "parts" CASCADE`) }))
			hidden := w.plan(r).Hidden
			w.True(slices.ContainsFunc(hidden, func(h atlasext.Hidden) bool { return h.Name == catalog.Name{Schema: "parts"} }))
		}
	})
}

// Lists, hashes and nested partitions are declared by their parent alone, and left as they are.
func TestLeavesOtherKindsOfPartitionsAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(`create table orders (region text not null) partition by list (region);
			create table orders_us partition of orders for values in ('us') partition by list (region);
			create table orders_us_1 partition of orders_us for values in ('us');
			create table devices (id bigint not null) partition by hash (id);
			create table devices_0 partition of devices for values with (modulus 2, remainder 0);
			create table devices_1 partition of devices for values with (modulus 2, remainder 1)`)
		w.run(w.runner(eventsHCL("", dailyHCL)+`
table "orders" {
  schema = schema.$ns
  column "region" {
    null = false
    type = text
  }
  partition {
    type    = LIST
    columns = [column.region]
  }
}
table "devices" {
  schema = schema.$ns
  column "id" {
    null = false
    type = bigint
  }
  partition {
    type    = HASH
    columns = [column.id]
  }
}
`, "2054-01-11T12:00:00Z"))
		w.Equal(w.partitions("orders"), "1")
		w.Equal(w.partitions("orders_us"), "1")
		w.Equal(w.partitions("devices"), "2")
	})
}

// The patterns name exactly what is hidden, in the form that the scope of the connection wants.
func TestExcludes(t *testing.T) {
	inWorlds(t, func(w *world) {
		keep := `lifecycle {
      every      = "1 day"
      ahead      = 2
      keep       = 1
      drop_after = "30 days"
    }`
		w.run(w.runner(eventsHCL("", keep), "2054-01-11T12:00:00Z"))
		w.run(w.runner(eventsHCL("", keep), "2054-01-12T12:00:00Z"))
		w.exec(`create table goose_db_version (id int); create schema parts;
			create table notes (id bigint, at timestamptz, constraint "to.events" foreign key (id, at) references events);
			create table parts."odd.*name" partition of events for values from ('2025-01-01 00:00+00') to ('2025-01-02 00:00+00');
			alter table events detach partition parts."odd.*name"`)
		w.exec(`comment on table parts."odd.*name" is E'pg-partsmith:orphan-parent=` + w.schema + `.events\npg-partsmith:detached-at=2054-01-01T00:00:00+00:00'`)
		options := atlasext.DriverOptions{}
		want := []string{w.schema + ".events__2054_01_11", w.schema + ".goose_db_version", "parts", `parts."odd.\*name"`}
		if w.scoped {
			options.Schema, want = w.schema, []string{"events__2054_01_11", "goose_db_version"}
		}
		conn := w.session()
		defer conn.Close()
		got, err := atlasext.Excludes(w.T.Context(), conn, options)
		w.NoErr(err)
		const keys = `select string_agg(conname, ',' order by conname) from pg_constraint where conrelid = '$ns.notes'::regclass and conparentid <> 0`
		for key := range strings.SplitSeq(w.text(keys), ",") {
			if strings.Contains(key, ".") {
				key = `"` + key + `"`
			}
			prefix := "notes."
			if !w.scoped {
				prefix = w.schema + ".notes."
			}
			want = append(want, prefix+key+"[type=fk]")
		}
		slices.Sort(got)
		slices.Sort(want)
		w.Equal(got, want)
	})
}
