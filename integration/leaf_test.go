package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// product is a table as products have it: what it is divided into was made by hand, and has much that the table itself lacks.
const product = `
CREATE SCHEMA app; CREATE SCHEMA ext;
CREATE FUNCTION ext.shout(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT pg_catalog.upper($1)';
CREATE FUNCTION app.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION app.same(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 IS NOT DISTINCT FROM $2';
CREATE OPERATOR app.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = app.same);
CREATE TABLE app."Events" (id bigint, at timestamptz NOT NULL, "User" text, note text COLLATE "C", amount int, span int4range)
  PARTITION BY RANGE (at);
CREATE INDEX ON app."Events" (amount);
CREATE STATISTICS app.related ON id, amount FROM app."Events";
COMMENT ON COLUMN app."Events".amount IS 'of the table';`

// leafSQL is one partition of it, and what it has of its own.
const leafSQL = `
CREATE TABLE app.%[1]s PARTITION OF app."Events" FOR VALUES FROM ('%[2]s 00:00+00') TO ('%[3]s 00:00+00');
ALTER TABLE app.%[1]s ADD PRIMARY KEY (id), ADD CONSTRAINT %[1]s_paid UNIQUE (amount, at) DEFERRABLE,
  ADD CONSTRAINT positive CHECK (amount OPERATOR(pg_catalog.>) 0 AND "User" OPERATOR(app.===) 'x'),
  ADD EXCLUDE USING gist (span WITH &&) WHERE (amount > 3);
CREATE INDEX %[1]s_hot ON app.%[1]s USING btree (ext.shout("User") DESC, note COLLATE "POSIX" text_pattern_ops) INCLUDE (amount) WITH (fillfactor='70') WHERE note OPERATOR(app.===) 'hot';
CREATE INDEX ON app.%[1]s USING hash (note);
CREATE INDEX by_amount_%[1]s_and_id ON app.%[1]s (amount, id);
CREATE UNIQUE INDEX ON app.%[1]s (at, id);
CREATE TRIGGER audited BEFORE INSERT OR UPDATE OF "User", note ON app.%[1]s FOR EACH ROW WHEN (NEW.note OPERATOR(app.===) 'x') EXECUTE FUNCTION app.audit('on app.%[1]s');
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.%[1]s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.audit();
CREATE TRIGGER redundant BEFORE UPDATE ON app.%[1]s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE app.%[1]s ENABLE ALWAYS TRIGGER audited, DISABLE TRIGGER redundant;
CREATE STATISTICS app.%[1]s_related (dependencies) ON amount, note FROM app.%[1]s;
CREATE STATISTICS app.%[1]s_id_amount_stat ON id, amount FROM app.%[1]s;
CREATE STATISTICS app.shouted_%[1]s ON (ext.shout("User")), amount FROM app.%[1]s;
ALTER TABLE app.%[1]s ALTER "User" SET NOT NULL, ALTER "User" SET STATISTICS 500, ALTER note SET (n_distinct = -0.5),
  ALTER note SET STORAGE EXTERNAL, ALTER "User" SET COMPRESSION pglz;
ALTER TABLE app.%[1]s SET (fillfactor = 80, toast.autovacuum_enabled = false);
ALTER TABLE app.%[1]s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY FULL;
CREATE POLICY mine ON app.%[1]s AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ("User" OPERATOR(app.===) current_user::text) WITH CHECK (amount > 1);
CREATE POLICY ours ON app.%[1]s USING (true);
COMMENT ON TABLE app.%[1]s IS 'all that happened';
COMMENT ON COLUMN app.%[1]s.note IS 'of the partition';
COMMENT ON COLUMN app.%[1]s.amount IS 'not that of the table';`

func leafOf(day, next string) string {
	return fmt.Sprintf(leafSQL, "events_"+strings.ReplaceAll(day, "-", "_"), day, next)
}

// leaves is the product's table with two partitions, 2054-11-19 and 2054-11-20.
func leaves(t *testing.T) *scenario {
	t.Parallel()
	s := scene(t, `app."Events"`, product+leafOf("2054-11-19", "2054-11-20")+leafOf("2054-11-20", "2054-11-21"), daily("3", "10"))
	return s
}

// described is all that a partition has, its own name written as %. Names that PostgreSQL chose are its to choose.
const described = `
WITH t AS (SELECT c.*, $1::regclass AS name FROM pg_class c WHERE c.oid = $1::regclass),
parts AS (
  SELECT pg_get_indexdef(i.indexrelid) || coalesce(' of ' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = i.indexrelid), '') FROM pg_index i, t WHERE i.indrelid = t.oid
  UNION ALL SELECT conname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k, t WHERE conrelid = t.oid AND contype <> 'n'
  UNION ALL SELECT pg_get_triggerdef(g.oid) || ' ' || tgenabled::text FROM pg_trigger g, t WHERE tgrelid = t.oid AND NOT tgisinternal
  UNION ALL SELECT pg_get_statisticsobjdef(x.oid) FROM pg_statistic_ext x, t WHERE stxrelid = t.oid
  UNION ALL SELECT concat_ws(' ', polname, polcmd, polpermissive, polroles::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy, t WHERE polrelid = t.oid
  UNION ALL SELECT concat_ws(' ', attname, attnotnull, coalesce(attstattarget, -1), attoptions::text, attstorage, attcompression, col_description(attrelid, attnum)) FROM pg_attribute, t WHERE attrelid = t.oid AND attnum > 0
  UNION ALL SELECT concat_ws(' ', reloptions::text, relrowsecurity, relforcerowsecurity, relreplident, relpersistence, obj_description(t.oid, 'pg_class'), (SELECT o.reloptions::text FROM pg_class o WHERE o.oid = t.reltoastrelid)) FROM t)
SELECT string_agg(line, E'\n' ORDER BY line) FROM (SELECT replace(column1, (SELECT relname FROM t), '%') FROM parts AS p(column1)) x(line)`

func (s *scenario) described(name string) string {
	s.Helper()
	return s.db.Text(s, described, name)
}

// A new partition is what all partitions are, whatever the table itself lacks.
func TestLeaf_is_like_the_newest(t *testing.T) {
	is := is.New(t)
	s := leaves(t)
	want := s.described("app.events_2054_11_20")
	is.Equal(s.described("app.events_2054_11_19"), want)
	want = strings.ReplaceAll(want, "not that of the table", "of the table") // what the table says goes
	plan := s.plan("2054-11-20")
	is.Equal(operations(plan), []string{"create app.events_2054_11_21", "create app.events_2054_11_22"})
	_, differs := find(plan, "leaf_differs")
	is.True(!differs)
	s.must("2054-11-20")
	is.Equal(s.described("app.events_2054_11_21"), want)
	is.Equal(s.described("app.events_2054_11_22"), want)
	s.db.Exec(t, `INSERT INTO app."Events" (id, at, "User", amount) VALUES (1, '2054-11-21 12:00+00', 'x', 2)`)
}

// like_parent makes nothing but what the table has.
func TestLeaf_is_like_the_parent(t *testing.T) {
	is := is.New(t)
	s := leaves(t)
	s.policy.Leaf.Like = leaf.LikeParent
	s.must("2054-11-20")
	s.db.Exec(t, `CREATE TABLE app.plain (LIKE app."Events" INCLUDING ALL); ALTER TABLE app."Events" ATTACH PARTITION app.plain FOR VALUES FROM ('2055-01-01') TO ('2055-01-02')`)
	is.Equal(s.described("app.events_2054_11_21"), s.described("app.plain"))
}

// What only some partitions have is told and not made; what each has for itself alone is not spoken of.
func TestLeaf_of_leaves_that_disagree(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "10"))
	s.must("2054-11-18")
	s.db.Exec(t, `CREATE INDEX ON events__2054_11_20 (note); CREATE INDEX events__2054_11_19_ids ON events__2054_11_19 (id); CREATE INDEX ON events__2054_11_20 (id);
		CREATE INDEX ON events__2054_11_18 (id); ALTER TABLE events__2054_11_20 ENABLE ROW LEVEL SECURITY;
		ALTER TABLE events__2054_11_20 ADD CONSTRAINT lies CHECK (at >= '2054-11-20' AND at < '2054-11-21')`)
	plan := s.plan("2054-11-19")
	f := s.mustFind(plan, "leaf_differs")
	is.Equal(f.Severity, lifecycle.Info)
	is.Equal(f.Partition, catalog.Name{Schema: "public", Table: "events__2054_11_20"})
	is.Equal(f.Message, "public.events__2054_11_20, the newest partition of public.events, has what others lack, and new ones do not get it: index (note) (on 1 of 3 partitions)")
	s.must("2054-11-19")
	is.Equal(s.db.Text(t, `SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'events__2054_11_21'::regclass`),
		"CREATE INDEX events__2054_11_21_id_idx ON public.events__2054_11_21 USING btree (id)")
	is.Equal(s.db.Text(t, `SELECT relrowsecurity FROM pg_class WHERE relname = 'events__2054_11_21'`), "false")
}
