package atlasext

import (
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// evil makes operators = in schema evil that fail when they are used.
const evil = `create schema evil;
do $$
declare l text; r text;
begin
	foreach l in array array['oid', 'name', 'text', '"char"', 'int4', 'int8'] loop
		foreach r in array array['oid', 'name', 'text', '"char"', 'int4', 'int8'] loop
			execute format('create function evil.caught(a pg_catalog.%s, b pg_catalog.%s) returns bool language plpgsql as %L', l, r,
				format('begin raise exception ''caught: %s and %s''; end', l, r));
			execute format('create operator evil.= (leftarg = pg_catalog.%s, rightarg = pg_catalog.%s, function = evil.caught)', l, r);
		end loop;
	end loop;
end $$;
create domain evil.text as pg_catalog.text check (false);
create domain evil.int8 as pg_catalog.int8 check (false);
create domain evil.oid as pg_catalog.oid check (false);`

// What we ask around a change means PostgreSQL's own operators and types.
func TestChangesUnderAnEvilSearchPath(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, `create table orders (id int); create index ours on orders (id); create index other on orders (id);
		update pg_index set indisvalid = false where indexrelid = 'ours'::regclass`)
	db.Exec(t, evil)
	conn := db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "set search_path = evil, pg_catalog, public; set lock_timeout = '7s'")
	is.NoErr(err)
	_, err = conn.ExecContext(t.Context(), "select 1 = 1")
	is.True(err != nil) // the evil works
	p := phase{conn: conn, version: 140000}
	is.NoErr(p.apply(t.Context(), []Change{
		{SQL: `ALTER TABLE "public"."orders" ADD COLUMN "more" pg_catalog.int4`},
		build(`CREATE INDEX CONCURRENTLY "ours" ON "public"."orders" ("id")`),
		{SQL: `DROP INDEX CONCURRENTLY "public"."other"`, Outside: true, drops: &index{table: catalog.Name{Schema: "public", Table: "orders"}, name: "other"}},
	}, false))
	is.Equal(db.Text(t, indexes), "ours true")
	var limit string
	is.NoErr(conn.QueryRowContext(t.Context(), "select pg_catalog.current_setting('lock_timeout')").Scan(&limit))
	is.Equal(limit, "7s") // put back
	_, err = conn.ExecContext(t.Context(), "discard all")
	is.NoErr(err)
}
