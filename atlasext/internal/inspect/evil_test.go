package inspect

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// evil makes operators for every pair of types in schema evil, which fail when they are used: here =, <>, <, >, <=, >=, ~~, *.
const evil = `create schema evil;
do $$
declare l text; r text; o text;
begin
	foreach l in array array['oid', 'name', 'text', '"char"', 'int2', 'int4', 'int8', 'regclass', 'bool'] loop
		foreach r in array array['oid', 'name', 'text', '"char"', 'int2', 'int4', 'int8', 'regclass', 'bool'] loop
			execute format('create function evil.caught(a pg_catalog.%s, b pg_catalog.%s) returns bool language plpgsql as %L', l, r,
				format('begin raise exception ''caught: %s and %s''; end', l, r));
			foreach o in array array['=', '<>', '<', '>', '<=', '>=', '~~', '*'] loop
				execute format('create operator evil.%s (leftarg = pg_catalog.%s, rightarg = pg_catalog.%s, function = evil.caught)', o, l, r);
			end loop;
		end loop;
	end loop;
end $$;
create domain evil.text as pg_catalog.text check (false);
create domain evil.int8 as pg_catalog.int8 check (false);
create domain evil.oid as pg_catalog.oid check (false);`

// What reads for us means PostgreSQL's own operators and types, also where somebody may make others in front of them.
func TestReadingUnderAnEvilSearchPath(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, `create table events (id int, at date, primary key (id, at)) partition by range (at); create index on events (at);
		create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
		create table notes (id int, at date, foreign key (id, at) references events);
		create table gone (); comment on table gone is E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`)
	db.Exec(t, evil)
	conn := db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "set search_path = evil, pg_catalog, public")
	is.NoErr(err)
	_, err = conn.ExecContext(t.Context(), "select 1 = 1")
	is.True(err != nil) // the evil works

	f, err := ReadFamilies(t.Context(), conn)
	is.NoErr(err)
	is.Equal(len(f.Members), 2)
	is.Equal(len(f.Members[0].Indexes), 2)
	is.Equal(f.Detached, map[catalog.Name]catalog.Name{{Schema: "public", Table: "gone"}: {Schema: "public", Table: "events"}})
	for _, scope := range []string{"", "public"} {
		patterns, err := Phantoms(t.Context(), conn, scope)
		is.NoErr(err)
		is.Equal(len(patterns), 1)
	}
	is.NoErr(mended(t.Context(), conn))
}

// mended runs what is put into Atlas's queries in place of its own text.
func mended(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "select "+keyInstead+" from pg_catalog.pg_partitioned_table t4")
	return err
}
