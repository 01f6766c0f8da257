package catalog_test

import (
	"database/sql"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// everything has one of each: nesting, a detached partition with dependents and CHECKs, DEFAULT, foreign keys, publications.
const everything = events + `
	create table ref (id bigint primary key);
	create table events_default partition of events default;
	create table gone (like events including all excluding identity, check (id > 0));
	create view gone_view as select * from gone;
	create table points (at timestamptz, id bigint, foreign key (at, id) references events);
	create table sub partition of events for values from ('2027-01-01') to ('2028-01-01') partition by range (id);
	create table sub_1 partition of sub for values from (1) to (2);
	alter table events add constraint to_ref foreign key (id) references ref, add constraint positive check (id > 0) not valid;
	alter table events replica identity full;
	comment on table gone is E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`

func TestRead_never_waits(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, everything)
	db.Exec(t, "create publication p for table events_1, gone")
	before := readOne(t, db.SQL(), "events")
	holder := session(t, db.SQL())
	run(t, holder, "begin", "lock table events, gone, gone_view, ref, points in access exclusive mode", "alter table events_1 set (fillfactor = 60)")
	after := readOne(t, db.SQL(), "events")
	before.Server.Now, after.Server.Now = time.Time{}, time.Time{}
	before.Server.Snapshot, after.Server.Snapshot = "", "" // other tests commit to the same cluster
	forget(&before)
	forget(&after)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("before:\n%+v\nbehind ACCESS EXCLUSIVE:\n%+v", before, after)
	}
}

// forget leaves out the server's clock on every level.
func forget(t *catalog.Table) {
	t.Server.Now = time.Time{}
	t.Server.Snapshot = ""
	for i := range t.Partitions {
		if t.Partitions[i].Inner != nil {
			forget(t.Partitions[i].Inner)
		}
	}
}

func TestRead_keeps_no_lock(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, everything)
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if table := readOne(t, tx, "events"); len(table.Partitions) != 5 || len(table.ForeignKeys) == 0 {
		t.Fatalf("%+v", table)
	}
	var locked string
	err = tx.QueryRowContext(t.Context(), `select coalesce(string_agg(distinct l.relation::regclass::text, ', '), '')
		from pg_locks l join pg_class c on c.oid = l.relation
		where l.pid = pg_backend_pid() and c.relnamespace <> 'pg_catalog'::regnamespace`).Scan(&locked)
	if err != nil || locked != "" {
		t.Errorf("locked: %s, %v", locked, err)
	}
}

// inside is a session that is inside a transaction.
type inside struct{ *sql.Conn }

func TestRead_is_the_same_in_any_session(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `
		create table odd (a timestamptz, b interval, c float8, d bytea, e text, f date) partition by range (a, b, c, d, e, f);
		create table odd_1 partition of odd for values from ('2026-01-02 03:04:05+06', '1 day -2:00', 0.1, '\x00ff', E'back\\slash', '2026-02-01')
			to (maxvalue, maxvalue, maxvalue, maxvalue, maxvalue, maxvalue)`)
	plain := partition(t, readOne(t, db.SQL(), "odd"), "odd_1").Bound
	if want := []catalog.Datum{{Text: "2026-01-01 21:04:05+00"}, {Text: "1 day -02:00:00"}, {Text: "0.1"}, {Text: `\x00ff`}, {Text: `back\slash`}, {Text: "2026-02-01"}}; !reflect.DeepEqual(plain.From, want) {
		t.Errorf("plain: %+v", plain.From)
	}
	conn := session(t, db.SQL())
	settings := map[string]string{"timezone": "America/Caracas", "datestyle": "German, DMY", "intervalstyle": "iso_8601", "extra_float_digits": "-10",
		"bytea_output": "escape", "standard_conforming_strings": "off", "search_path": "public, pg_catalog"}
	for name, value := range settings {
		run(t, conn, fmt.Sprintf("select set_config('%s', '%s', false)", name, value))
	}
	check := func(where string, q catalog.Querier) {
		t.Helper()
		if got := partition(t, readOne(t, q, "odd"), "odd_1").Bound; !reflect.DeepEqual(got, plain) {
			t.Errorf("%s: %+v", where, got)
		}
		for name, value := range settings {
			var now string
			if err := conn.QueryRowContext(t.Context(), "select current_setting($1)", name).Scan(&now); err != nil || now != value {
				t.Errorf("%s: %s is %q afterwards, %v", where, name, now, err)
			}
		}
	}
	check("autocommit", conn)
	run(t, conn, "begin")
	check("in a transaction", inside{conn})
	settings["timezone"] = "Asia/Tokyo"
	run(t, conn, "set timezone to 'Asia/Tokyo'")
	check("set in the same transaction", inside{conn})
	run(t, conn, "commit")
	check("after the transaction", conn)
}
