package atlasext_test

import "testing"

// schemaComment is what is said of the world's schema.
const schemaComment = "select coalesce(obj_description('$ns'::regnamespace, 'pg_namespace'), '-')"

// What is said of a schema of the dev database stays there, and is not taken for what is desired.
func TestCommentOfDevSchemaStaysThere(t *testing.T) {
	for name, files := range map[string]struct{ text, kind string }{
		"hcl": {eventsHCL("", ""), ".hcl"},
		"sql": {eventsSQL, ".sql"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorlds(t, func(w *world) {
				dev, s := w.dev(w.source(files.text, files.kind))
				dev.Exec(w.T, "comment on schema public is 'for trying things out'")
				if files.kind == ".sql" {
					w.exec("comment on schema " + w.schema + " is 'of production'")
				}
				before := w.text(schemaComment)
				d, err := s.Read(w.T.Context())
				w.NoErr(err)
				w.clean(dev)
				w.Equal(dev.Text(w.T, "select obj_description('public'::regnamespace, 'pg_namespace')"), "for trying things out")
				r := w.runner(eventsHCL("", ""), "")
				r.Desired = d
				w.run(r)
				if files.kind == ".sql" {
					w.Equal(w.text(schemaComment), before)
				}
				w.True(w.text(schemaComment) != "for trying things out")
			})
		})
	}
}

// A comment that files say is desired, and the dev database has its own again.
func TestCommentOfSchemaIsDesired(t *testing.T) {
	for name, files := range map[string]struct{ text, kind string }{
		"hcl": {"schema \"$ns\" {\n  comment = \"as said\"\n}\n", ".hcl"},
		"sql": {"comment on schema public is 'as said'", ".sql"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorlds(t, func(w *world) {
				dev, s := w.dev(w.source(files.text, files.kind))
				dev.Exec(w.T, "comment on schema public is 'for trying things out'")
				d, err := s.Read(w.T.Context())
				w.NoErr(err)
				w.Equal(dev.Text(w.T, "select obj_description('public'::regnamespace, 'pg_namespace')"), "for trying things out")
				r := w.runner(eventsHCL("", ""), "")
				r.Desired = d
				w.run(r)
				w.Equal(w.text(schemaComment), "as said")
			})
		})
	}
}

// A schema that holds nothing but partitions, or what was detached, is cleared away as well.
func TestDevDatabaseIsLeftWithoutSchemasOfPartitions(t *testing.T) {
	inWorlds(t, func(w *world) {
		if w.scoped {
			return // files about one schema make no other
		}
		dev, s := w.dev(w.source(eventsSQL+`; create schema parts;
create table parts.events_1 partition of events for values from ('2054-01-01 00:00+00') to ('2054-01-02 00:00+00');
create schema old; create table old.events_0 (like events);
comment on table old.events_0 is E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2054-01-01T00:00:00+00:00';
create table goose_db_version (id int)`, ".sql"))
		for range 2 {
			_, err := s.Read(w.T.Context())
			w.NoErr(err)
			w.clean(dev)
		}
	})
}
