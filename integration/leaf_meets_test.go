package integration

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// owned makes partitions of public.events and something on each of them; % is the partition.
func owned(t *testing.T, own string) *scenario {
	t.Parallel()
	s := scene(t, "public.events", `CREATE TABLE events (id bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)`, daily("2", "20"))
	s.must("2054-11-19")
	s.onEach(own)
	return s
}

// onEach runs a statement for every partition.
func (s *scenario) onEach(own string) {
	s.Helper()
	for _, name := range s.attached() {
		s.db.Exec(s, strings.ReplaceAll(own, "%", name))
	}
}

// indexes are the names of a table's indexes.
func (s *scenario) indexes(table string) string {
	s.Helper()
	return s.db.Text(s, `SELECT coalesce(string_agg(indexname, ' ' ORDER BY indexname), '') FROM pg_indexes WHERE tablename = $1`, table)
}

// A trigger on events finds what it names as under any client, and the session's settings are what they were.
func TestLeaf_beside_a_trigger_on_events(t *testing.T) {
	is := is.New(t)
	s := owned(t, `CREATE INDEX ON % (id); CREATE INDEX ON % (lower(note)) WHERE id > 3`)
	s.db.Exec(t, `CREATE SCHEMA app; CREATE TABLE app.seen (tag text, path text);
		CREATE FUNCTION app.see() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.seen VALUES (tg_tag, current_setting('search_path')); END $$;
		CREATE EVENT TRIGGER see ON ddl_command_end EXECUTE FUNCTION app.see()`)
	conn := s.session()
	defer conn.Close()
	_, err := conn.ExecContext(t.Context(), "SET search_path = app, public; SET default_tablespace = pg_default")
	is.NoErr(err)
	results, err := s.exec.Run(t.Context(), conn, s.tasks(), instant("2054-11-20"))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(s.indexes("events__2054_11_21"), "events__2054_11_21_id_idx events__2054_11_21_lower_idx")
	is.Equal(s.db.Text(t, `SELECT string_agg(DISTINCT tag || ': ' || path, '; ') FROM app.seen WHERE tag <> 'CREATE INDEX' OR path LIKE 'app%'`),
		"ALTER TABLE: app, public; CREATE INDEX: app, public; CREATE TABLE: app, public")
	var path, space string
	is.NoErr(conn.QueryRowContext(t.Context(), "SELECT current_setting('search_path'), current_setting('default_tablespace')").Scan(&path, &space))
	is.Equal(path+" "+space, "app, public pg_default")
}

// Indexes lie where those of the newest partition lie, whatever the session has as its default.
func TestLeaf_in_tablespaces(t *testing.T) {
	is := is.New(t)
	s := owned(t, "")
	conn := s.session()
	defer conn.Close()
	space := "s" + strings.ToLower(s.db.Name)
	for _, sql := range []string{"SET allow_in_place_tablespaces = on", "CREATE TABLESPACE " + space + " LOCATION ''"} {
		if _, err := conn.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	s.onEach(`CREATE INDEX ON % (id) TABLESPACE ` + space + `; CREATE INDEX ON % (note); ALTER TABLE % ADD UNIQUE (id, note) USING INDEX TABLESPACE ` + space + `; ALTER TABLE % SET TABLESPACE ` + space)
	plan := s.plan("2054-11-20")
	is.Equal(plan.Operations()[0].Like, []string{"UNIQUE (id, note)", "index (id)", "index (note)", "tablespace " + space})
	s.must("2054-11-20")
	is.Equal(s.db.Text(t, `SELECT string_agg(c.relname || coalesce(' in ' || s.spcname, ''), ', ' ORDER BY 1) FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = reltablespace
		WHERE relname LIKE 'events\_\_2054\_11\_21%'`), "events__2054_11_21 in "+space+", events__2054_11_21_id_idx in "+space+
		", events__2054_11_21_id_note_key in "+space+", events__2054_11_21_note_idx")
	s.db.Exec(t, "DROP TABLE events")
	s.db.Exec(t, "DROP TABLESPACE "+space)
}

// A partition that is detached and comes back keeps what it has, and new ones are like the newest as before.
func TestLeaf_after_a_detach(t *testing.T) {
	is := is.New(t)
	s := owned(t, `CREATE INDEX hot_% ON % (id) WHERE id > 3; ALTER TABLE % ADD CONSTRAINT few CHECK (id < 1000), ADD PRIMARY KEY (id);
		CREATE TRIGGER twice BEFORE UPDATE ON % FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`)
	s.policy.DropAfter = span("9 days")
	want := s.described("events__2054_11_20")
	s.policy.Keep = span("1")
	s.must("2054-11-20")
	is.Equal(s.attached(), []string{"events__2054_11_20", "events__2054_11_21"})
	s.policy.Keep = span("20")
	s.must("2054-11-20")
	is.Equal(s.attached(), []string{"events__2054_11_19", "events__2054_11_20", "events__2054_11_21"})
	s.db.Exec(t, `ALTER TABLE events__2054_11_19 DROP CONSTRAINT events__2054_11_19_at_check`) // which a concurrent detach leaves
	s.must("2054-11-21")
	for _, name := range s.attached() {
		is.Equal(s.described(name), want)
	}
	s.db.Exec(t, `CREATE INDEX ON events (id) WHERE id > 3`) // it takes those of the partitions over
	_, told := find(s.plan("2054-11-22"), "leaf_differs")
	is.True(!told)
	s.must("2054-11-22")
	is.Equal(s.indexes("events__2054_11_23"), "events__2054_11_23_id_idx events__2054_11_23_pkey")
}

// What the server refuses to make on a new partition does not keep inserts from finding one: what cannot wait is made without, and the
// rest waits for somebody to set it right.
func TestLeaf_that_the_role_may_not_make(t *testing.T) {
	is := is.New(t)
	s := owned(t, "")
	role := s.db.Role(t, "")
	s.onEach("ALTER TABLE % OWNER TO " + role)
	s.db.Exec(t, `ALTER TABLE events OWNER TO `+role+`; GRANT CREATE ON SCHEMA public TO `+role+`; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
		REVOKE EXECUTE ON FUNCTION f FROM PUBLIC`)
	s.onEach(`CREATE TRIGGER mine BEFORE INSERT ON % FOR EACH ROW EXECUTE FUNCTION f()`)
	s.policy.Ahead = span("4")
	conn, err := s.db.As(t, role).Conn(context.Background())
	is.NoErr(err)
	defer conn.Close()
	results, err := s.exec.Run(t.Context(), conn, s.tasks(), instant("2054-11-20"))
	is.NoErr(err)
	is.Equal(s.attached(), []string{"events__2054_11_19", "events__2054_11_20", "events__2054_11_21"}) // to the end of the next window
	var told []string
	for _, f := range results[0].Plan.Findings {
		if f.Code == "leaf_differs" {
			told = append(told, string(f.Severity)+" "+f.Message)
		}
	}
	const denied = "what all partitions have could not be made, ERROR: permission denied for function public.f (SQLSTATE 42501)"
	is.Equal(told, []string{"warning new partitions of public.events that cannot wait get what the table has alone: " + denied,
		"error later partitions of public.events are not made: " + denied})

	s.db.Exec(t, `GRANT EXECUTE ON FUNCTION f TO `+role+`; CREATE TRIGGER mine BEFORE INSERT ON events__2054_11_21 FOR EACH ROW EXECUTE FUNCTION f()`)
	s.as(role, "2054-11-20")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_trigger WHERE tgname = 'mine'`), "5")
}

// Whoever holds one of the partitions keeps nothing from being made that inserts need.
func TestLeaf_behind_a_lock(t *testing.T) {
	is := is.New(t)
	s := owned(t, `CREATE INDEX ON % (id) WHERE id > 3`)
	s.policy.Ahead = span("4")
	conn := s.session()
	defer conn.Close()
	_, err := conn.ExecContext(t.Context(), "BEGIN; LOCK TABLE events__2054_11_19 IN ACCESS EXCLUSIVE MODE")
	is.NoErr(err)
	result := s.run("2054-11-20")
	is.Equal(s.attached(), []string{"events__2054_11_19", "events__2054_11_20", "events__2054_11_21"})
	is.Equal(s.indexes("events__2054_11_21"), "")
	is.Equal(s.mustFind(result.Plan, "leaf_differs").Severity, lifecycle.Warning)
	is.Equal(s.mustFind(result.Plan, "unanswered").Severity, lifecycle.Error)
	_, err = conn.ExecContext(t.Context(), "COMMIT")
	is.NoErr(err)
}
