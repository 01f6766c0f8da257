package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

const events = `
create table events (at timestamptz not null, id bigint generated always as identity, note text default 'x', primary key (at, id)) partition by range (at);
create table events_1 partition of events for values from ('2026-01-01 00:00+00') to ('2026-01-02 00:00+00');
create table events_2 partition of events for values from ('2026-01-02 00:00+00') to ('2026-01-03 00:00+00') with (fillfactor = 70, autovacuum_enabled = off);
create unlogged table events_3 (like events including all excluding identity);
`

func TestRead_states(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, events+`
		alter table events attach partition events_3 for values from ('2026-01-03 00:00+00') to (maxvalue);
		create table events_0 partition of events for values from (minvalue) to ('2026-01-01 00:00+00');
		create table by_hand (like events); create table other (like events);
		create table gone (like events);
		comment on table events is 'all of them
partsmith:hold';
		comment on table events_1 is E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00';
		comment on table events_2 is 'partsmith:hold';
		comment on table other is E'pg-partsmith:orphan-parent=public.others\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00';
		comment on table by_hand is 'see pg-partsmith:orphan-parent=public.events';
		comment on table gone is E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00\npartsmith:oid=7/8 bound=FOR VALUES IN (1)\nold comment';
		insert into events (at) values ('2026-01-01'); analyze events_1`)
	leavePending(t, db, "events", "events_2")
	s := read(t, db.SQL(), want("events"), want("nowhere"), want("public.by_hand"), want("no.where"))
	table := s.Tables[0]
	if table.Name != (catalog.Name{Schema: "public", Table: "events"}) || table.Kind != "p" || table.Strategy != catalog.Range || !table.Held ||
		table.Comment != "all of them\npartsmith:hold" || table.Owner == "" || table.ActAs != "" || len(table.Lacks) != 0 || table.ReplicaIdentity != "d" {
		t.Errorf("table: %+v", table)
	}
	if want := []catalog.Column{{Name: "at", Type: "timestamp with time zone", NotNull: true}}; !reflect.DeepEqual(table.Key, want) {
		t.Errorf("key: %+v", table.Key)
	}
	if table.Target != (catalog.Schema{Name: "public", Exists: true, Create: true}) {
		t.Errorf("target: %+v", table.Target)
	}
	if got := strings.Join(names(table), " "); got != "events_0 events_1 events_2 events_3 gone" {
		t.Errorf("partitions: %s", got)
	}
	if p := partition(t, table, "events_1"); p.State != catalog.Attached || p.Marker == nil || p.Rows != 1 || p.Pages != 1 ||
		p.Bound.Text != "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-01-02 00:00:00+00')" || p.AccessMethod != "heap" {
		t.Errorf("stale marker: %+v", p)
	}
	if p := partition(t, table, "events_2"); p.State != catalog.Pending || p.Bound.From == nil || !p.Held || p.Marker != nil || p.Rows != -1 ||
		!reflect.DeepEqual(p.Options, []string{"fillfactor=70", "autovacuum_enabled=off"}) {
		t.Errorf("pending: %+v", p)
	}
	if p := partition(t, table, "events_3"); !p.Unlogged || !p.Bound.To[0].High {
		t.Errorf("unlogged: %+v", p)
	}
	p := partition(t, table, "gone")
	if p.State != catalog.Detached || p.Marker == nil || p.Marker.OID != 7 || p.Marker.ParentOID != 8 || p.Marker.Rest != "old comment" || p.Bound.Text != "" || p.Kind != "r" {
		t.Errorf("detached: %+v", p)
	}
	if !s.Tables[1].Missing || s.Tables[1].Name.Table != "nowhere" || !s.Tables[3].Missing {
		t.Errorf("missing: %+v", s.Tables[1])
	}
	if plain := s.Tables[2]; plain.Kind != "r" || plain.Strategy != "" || plain.Missing || len(plain.Partitions) != 0 {
		t.Errorf("not partitioned: %+v", plain)
	}
}

func TestRead_server(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	conn := session(t, db.SQL())
	run(t, conn, "set timezone to 'Asia/Kathmandu'", "set deadlock_timeout to '1500ms'")
	s := read(t, conn).Server
	if off := time.Since(s.Now).Abs(); off > time.Minute {
		t.Errorf("clock is off by %s", off)
	}
	if s.Version < 140000 || s.Recovery || s.Database != db.Name || s.Role == "" || !s.Superuser || !slices.Equal(s.TimeZones, []string{"UTC"}) || s.DeadlockTimeout != 1500*time.Millisecond {
		t.Errorf("%+v", s)
	}
}

// The zone is the server's, whatever a session has been set to.
func TestRead_timezones(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.SQL().SetMaxIdleConns(0) // so that every session is a new one
	begun := session(t, db.SQL())
	run(t, begun, "alter database "+db.Name+" set timezone to 'America/New_York'", "set timezone to 'Asia/Kathmandu'")
	if zones := read(t, begun).Server.TimeZones; !slices.Equal(zones, []string{"UTC", "America/New_York"}) {
		t.Errorf("a session from before: %q", zones)
	}
	if zones := read(t, db.SQL()).Server.TimeZones; !slices.Equal(zones, []string{"America/New_York", "America/New_York"}) {
		t.Errorf("a session from after: %q", zones)
	}
	role := db.Role(t, "tz")
	db.Exec(t, "alter role "+role+" set timezone to 'Europe/Berlin'")
	if zones := read(t, db.As(t, role)).Server.TimeZones; !slices.Equal(zones, []string{"Europe/Berlin", "America/New_York", "Europe/Berlin"}) {
		t.Errorf("a role of its own: %q", zones)
	}
}

func TestRead_levels(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `
		create table m (region text collate "C", at date, k int) partition by list (region);
		create table m_eu partition of m for values in ('eu', null) partition by range (at, lower(region) collate "C", k);
		create table m_eu_1 partition of m_eu for values from ('2026-01-01', minvalue, minvalue) to ('2026-02-01', 'x', 5);
		create table m_eu_default partition of m_eu default;
		alter table m_eu_default add constraint guarded check (k > 0) not valid;
		create table m_us partition of m for values in ('us') partition by hash (k);
		create table m_us_1 partition of m_us for values with (modulus 2, remainder 1);
		alter table m detach partition m_us;
		comment on table m_us is E'pg-partsmith:orphan-parent=public.m\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`)
	s := read(t, db.SQL(), want("m"), want("m_eu"))
	m := s.Tables[0]
	if m.Strategy != catalog.List || len(m.Key) != 1 || m.Key[0].Type != "text" || m.Key[0].Collation != (catalog.Name{Schema: "pg_catalog", Table: "C"}) {
		t.Errorf("root: %+v", m)
	}
	eu := partition(t, m, "m_eu")
	if eu.Kind != "p" || !reflect.DeepEqual(eu.Bound.Values, []catalog.Datum{{Text: "eu"}, {Null: true}}) {
		t.Errorf("m_eu: %+v", eu)
	}
	for _, inner := range []catalog.Table{*eu.Inner, s.Tables[1]} {
		if inner.Strategy != catalog.Range || len(inner.Key) != 3 || inner.Key[0].Type != "date" || inner.Key[1].Name != "" || inner.Key[2].Name != "k" || len(inner.Columns) != 3 {
			t.Errorf("inner: %+v", inner)
		}
		one := partition(t, inner, "m_eu_1")
		if want := []catalog.Datum{{Text: "2026-02-01"}, {Text: "x"}, {Text: "5"}}; !reflect.DeepEqual(one.Bound.To, want) || !one.Bound.From[2].Low {
			t.Errorf("m_eu_1: %+v", one.Bound)
		}
		def := partition(t, inner, "m_eu_default")
		if !def.Bound.Default || def.State != catalog.Attached || !reflect.DeepEqual(def.Checks, []catalog.Check{{Name: "guarded"}}) {
			t.Errorf("DEFAULT: %+v", def)
		}
	}
	us := partition(t, m, "m_us")
	if us.State != catalog.Detached || us.Inner == nil || us.Inner.Strategy != catalog.Hash || us.Inner.Partitions[0].Bound.Modulus != 2 || us.Inner.Partitions[0].Bound.Remainder != 1 {
		t.Errorf("m_us: %+v", us)
	}
}

func TestRead_detached_that_name_each_other(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `
		create table a (k int) partition by range (k); create table b (k int) partition by range (k);
		comment on table a is E'pg-partsmith:orphan-parent=public.b\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00';
		comment on table b is E'pg-partsmith:orphan-parent=public.a\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`)
	a := readOne(t, db.SQL(), "a")
	if len(a.Partitions) != 1 || a.Partitions[0].Name.Table != "b" || len(a.Partitions[0].Inner.Partitions) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestRead_names_of_every_kind(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for i, name := range []string{"My.Events", `qu"ote`, "Größe 表", strings.Repeat("x", 63), strings.Repeat("ü", 31), "two\nlines", "select", `back\slash`, "it's", "{a,b}", "%s $1"} {
		schema := fmt.Sprintf(`"S.%d"`, i)
		ident := catalog.QuoteIdent(name)
		db.Exec(t, fmt.Sprintf(`create schema %[1]s; create table %[1]s.%[2]s (%[2]s date) partition by range (%[2]s);
			create table %[1]s.p partition of %[1]s.%[2]s for values from ('2026-01-01') to ('2026-01-02');
			create table %[1]s.o (like %[1]s.%[2]s)`, schema, ident))
		parsed, err := catalog.ParseName(schema + "." + ident)
		if err != nil {
			t.Fatal(err)
		}
		m := catalog.Marker{Parent: parsed, OID: 1, ParentOID: 2, Bound: "FOR VALUES FROM ('2026-01-01') TO ('2026-01-02')"}
		db.Exec(t, fmt.Sprintf("comment on table %s.o is %s", schema, catalog.QuoteLiteral(m.String())))
		table := read(t, db.SQL(), catalog.Want{Table: parsed}).Tables[0]
		if table.Missing || table.Name != parsed || table.Key[0].Name != name || len(table.Partitions) != 2 || table.Partitions[0].State != catalog.Detached {
			t.Errorf("%s: %+v", parsed, table)
		}
	}
}

func TestRead_search_path(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	conn := session(t, db.SQL())
	run(t, conn, `create schema "A"`, `create schema b`, `create table b.t (k int) partition by range (k)`, `create table "A".t (k int)`, `set search_path to "A", b`)
	if got := readOne(t, conn, "t").Name; got.Schema != "A" {
		t.Errorf("%+v", got)
	}
	run(t, conn, `set search_path to b, "A"`)
	s := read(t, conn, want("t"), catalog.Want{Table: catalog.Name{Table: "t"}, Schema: "A"}, catalog.Want{Table: catalog.Name{Table: "t"}, Schema: "c"})
	if got := s.Tables[0]; got.Name.Schema != "b" || got.Target.Name != "b" {
		t.Errorf("%+v", got)
	}
	if got := s.Tables[1]; got.Target != (catalog.Schema{Name: "A", Exists: true, Create: true}) || len(got.Columns) != 1 {
		t.Errorf("%+v", got)
	}
	if got := s.Tables[2]; got.Target != (catalog.Schema{Name: "c"}) || len(got.Columns) != 1 {
		t.Errorf("%+v", got)
	}
}

// old behaves like a server that lacks what the query reads.
type old struct{ catalog.Querier }

type stateError struct{}

func (stateError) Error() string    { return "column does not exist" }
func (stateError) SQLState() string { return "42703" }

func (old) QueryContext(context.Context, string, ...any) (*sql.Rows, error) { return nil, stateError{} }

func (o old) QueryRowContext(ctx context.Context, _ string, _ ...any) *sql.Row {
	return o.Querier.QueryRowContext(ctx, "select '{}', 130012")
}

func TestRead_refuses_old_servers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	r, err := catalog.ReadingWithin(t.Context(), old{db.SQL()})
	if err != nil {
		t.Fatal(err)
	}
	var tooOld catalog.ServerTooOldError
	if _, err := r.Read(t.Context(), nil); !errors.As(err, &tooOld) || tooOld.Version != 130012 {
		t.Errorf("%v", err)
	}
}

// counter counts statements.
type counter struct {
	catalog.Querier
	statements int
}

func (c *counter) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.statements++
	return c.Querier.QueryContext(ctx, query, args...)
}

// counted reads tables, and tells how many statements that took.
func counted(t *testing.T, conn *sql.Conn, wants ...catalog.Want) (s catalog.Snapshot, statements int) {
	t.Helper()
	err := catalog.Reading(t.Context(), conn, func(r *catalog.Reader) (err error) {
		c := &counter{Querier: r.Querier}
		r.Querier = c
		s, err = r.Read(t.Context(), wants)
		statements = c.statements
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, statements
}

func TestRead_takes_three_statements_in_any_protocol(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, events)
	for _, mode := range []string{"", "simple_protocol", "exec", "describe_exec", "cache_describe"} {
		url := db.URL
		if mode != "" {
			sep := "?"
			if strings.Contains(url, "?") {
				sep = "&"
			}
			url += sep + "default_query_exec_mode=" + mode
		}
		pool, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = pool.Close() }()
		s, statements := counted(t, session(t, pool), want("events"))
		if len(s.Tables[0].Partitions) != 2 || statements != 3 {
			t.Errorf("%s: %d statements, %+v", mode, statements, s.Tables[0])
		}
	}
}
