package integration

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Every kind of table goes the whole way: created, written to, detached, dropped, and nothing left to do in between.
func TestTables_of_every_kind(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 63)
	for name, c := range map[string]struct {
		table, ddl string
		change     func(*lifecycle.Policy)
	}{
		"identity":          {"public.e", `CREATE TABLE e (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)`, nil},
		"generated column":  {"public.e", `CREATE TABLE e (at timestamptz, n int DEFAULT 1, twice int GENERATED ALWAYS AS (n * 2) STORED) PARTITION BY RANGE (at)`, nil},
		"serial and checks": {"public.e", `CREATE TABLE e (id serial, at timestamptz NOT NULL CHECK (at > '2000-01-01'), UNIQUE (id, at)) PARTITION BY RANGE (at); CREATE INDEX ON e (at DESC)`, nil},
		"mixed case, dots, quotes": {`"My.Schema"."Ev""en.Ts"`,
			`CREATE SCHEMA "My.Schema"; CREATE TABLE "My.Schema"."Ev""en.Ts" ("At""é. x" timestamptz) PARTITION BY RANGE ("At""é. x")`,
			func(p *lifecycle.Policy) { p.Name = `Pärt."{yyyy} {mm}'{dd}` }},
		"non-ASCII": {`public."événements"`, `CREATE TABLE "événements" ("quand·là" timestamptz) PARTITION BY RANGE ("quand·là")`, nil},
		"partitions in another schema": {"public.e", `CREATE SCHEMA "Parts"; CREATE TABLE e (at timestamptz) PARTITION BY RANGE (at)`,
			func(p *lifecycle.Policy) { p.Schema = "Parts" }},
		"key of several columns": {"public.e", `CREATE TABLE e (at timestamptz, tenant int DEFAULT 1, region text DEFAULT 'x') PARTITION BY RANGE (at, tenant, region)`, nil},
		"name of 63 bytes": {"public." + long, `CREATE TABLE ` + long + ` (at timestamptz) PARTITION BY RANGE (at)`,
			func(p *lifecycle.Policy) { p.Name = "x_{yyyy}_{mm}_{dd}" }},
		"a key that is a keyword": {"public.order", `CREATE TABLE "order" ("at" timestamptz, "select" int) PARTITION BY RANGE ("at")`, nil},
		"timestamp":               {"public.e", `CREATE TABLE e (at timestamp) PARTITION BY RANGE (at)`, func(p *lifecycle.Policy) { p.Zone = zone("America/Sao_Paulo") }},
		"date":                    {"public.e", `CREATE TABLE e (at date) PARTITION BY RANGE (at)`, func(p *lifecycle.Policy) { p.Zone = zone("Europe/Berlin") }},
		"timestamptz(0)":          {"public.e", `CREATE TABLE e (at timestamptz(0)) PARTITION BY RANGE (at)`, nil},
		"domain over timestamptz": {"public.e", `CREATE DOMAIN moment AS timestamptz NOT NULL; CREATE TABLE e (at moment) PARTITION BY RANGE (at)`, nil},
		"foreign key out":         {"public.e", `CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE e (at timestamptz, t int REFERENCES t) PARTITION BY RANGE (at)`, nil},
		"foreign key in":          {"public.e", `CREATE TABLE e (at timestamptz PRIMARY KEY) PARTITION BY RANGE (at); CREATE TABLE r (at timestamptz REFERENCES e)`, nil},
		"foreign key to itself":   {"public.e", `CREATE TABLE e (at timestamptz PRIMARY KEY, up timestamptz REFERENCES e) PARTITION BY RANGE (at)`, nil},
		"row security, replica identity, statistics": {"public.e", `CREATE TABLE e (id int NOT NULL DEFAULT 1, at timestamptz NOT NULL, UNIQUE (id, at)) PARTITION BY RANGE (at);
			ALTER TABLE e ENABLE ROW LEVEL SECURITY; ALTER TABLE e FORCE ROW LEVEL SECURITY;
			ALTER TABLE e REPLICA IDENTITY USING INDEX e_id_at_key; ALTER TABLE e ALTER id SET STATISTICS 77`, nil},
		"dropped columns before the key": {"public.e", `CREATE TABLE e (gone int, also int, at timestamptz, n int) PARTITION BY RANGE (at);
			ALTER TABLE e DROP gone, DROP also, ADD more text DEFAULT 'x'`, nil},
		"statistics objects and triggers": {"public.e", `CREATE TABLE e (at timestamptz, a int, b int) PARTITION BY RANGE (at); CREATE STATISTICS s ON a, b FROM e;
			CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f()`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			policy := daily("3", "2")
			if c.change != nil {
				c.change(&policy)
			}
			s := scene(t, c.table, c.ddl, policy)
			s.key = s.db.Text(t, `SELECT quote_ident(attname) FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0] WHERE partrelid = $1::regclass`, c.table)
			s.must("2054-11-20 12:00")
			is.Equal(len(s.attached()), 3)
			is.NoErr(s.insert("2054-11-20 12:00"))
			is.NoErr(s.insert("2054-11-22 12:00"))
			first := s.attached()[0]
			s.must("2054-11-23 12:00") // 20 and 21 have expired: 22 is kept, with the 23rd
			is.Equal(len(s.attached()), 4)
			is.True(!slices.Contains(s.attached(), first))
			schema := s.table.Schema
			if policy.Schema != "" {
				schema = policy.Schema
			}
			is.True(!s.exists(catalog.Name{Schema: schema, Table: first}.String()))
		})
	}
}

// A new partition has what the parent has and LIKE does not bring.
func TestTables_partitions_follow_the_parent(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("2", "100"))
	owner := s.db.Role(t, "owner")
	reader := s.db.Role(t, "reader")
	s.db.Exec(t, `GRANT CREATE ON SCHEMA public TO `+owner+`; ALTER TABLE events OWNER TO `+owner+`; GRANT SELECT ON events TO `+reader+`;
		ALTER TABLE events ADD UNIQUE (id, at); ALTER TABLE events ALTER id SET NOT NULL; ALTER TABLE events REPLICA IDENTITY USING INDEX events_id_at_key;
		ALTER TABLE events ALTER note SET STATISTICS 77; CREATE INDEX ON events (note)`)
	s.policy.Grants, s.policy.Leaf.Storage = true, map[string]string{"fillfactor": "70"}
	s.must("2054-11-20")
	child := "events__2054_11_20"
	is.Equal(s.db.Text(t, `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = $1`, child), owner)
	is.Equal(s.db.Text(t, `SELECT relreplident FROM pg_class WHERE relname = $1`, child), "i")
	is.Equal(s.db.Text(t, `SELECT reloptions::text FROM pg_class WHERE relname = $1`, child), "{fillfactor=70}")
	is.Equal(s.db.Text(t, `SELECT attstattarget FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'note'`, child), "77")
	is.Equal(s.db.Text(t, `SELECT has_table_privilege($1, $2, 'SELECT')`, reader, child), "true")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_index WHERE indrelid = $1::regclass`, child), "2") // none built twice

	s.policy.Leaf.Storage = nil // like the newest
	s.must("2054-11-21")
	is.Equal(s.db.Text(t, `SELECT reloptions::text FROM pg_class WHERE relname = 'events__2054_11_22'`), "{fillfactor=70}")
}

// A role that is a member of the owner works as the owner, whether it inherits or not.
func TestTables_member_of_the_owner(t *testing.T) {
	for _, attributes := range []string{"inherit", "noinherit"} {
		t.Run(attributes, func(t *testing.T) {
			is := is.New(t)
			s := events(t, daily("3", "2"))
			owner, member := s.db.Role(t, "owner"), s.db.Role(t, "member", attributes)
			s.db.Exec(t, `GRANT `+owner+` TO `+member+`; GRANT CREATE, USAGE ON SCHEMA public TO `+owner+`; ALTER TABLE events OWNER TO `+owner)
			s.as(member, "2054-11-20")
			is.Equal(len(s.attached()), 3)
			s.as(member, "2054-11-23")
			is.Equal(len(s.attached()), 4)
			is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_class WHERE relname LIKE 'events\_\_%' AND pg_get_userbyid(relowner) <> $1`, owner), "0")
		})
	}
}
