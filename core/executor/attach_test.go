package executor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// loneDay is a database with a table of days that has lost the partition of its current day, 1 November, and has one of
// October that is due to go. The detached partition holds the rows 1 to 4.
func loneDay(t *testing.T) *pgtest.Database {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, `create table ref (id bigint primary key); insert into ref select generate_series(1, 4);
create table ev (at timestamptz not null, id bigint, v text, primary key (at, id), constraint small check (id < 1000)) partition by range (at);
create table ev__2055_10_01 partition of ev for values from ('2055-10-01Z') to ('2055-10-02Z');
create table ev__2055_11_01 partition of ev for values from ('2055-11-01Z') to ('2055-11-02Z');
create table ev__2055_11_02 partition of ev for values from ('2055-11-02Z') to ('2055-11-03Z');
insert into ev select '2055-11-01 12:00Z', id, 'same' from ref`)
	detachByHand(t, db, "ev__2055_11_01")
	return db
}

// detachByHand detaches a partition of ev and marks it as ours.
func detachByHand(t *testing.T, db *pgtest.Database, name string) {
	t.Helper()
	db.Exec(t, `do $$ declare bound text := (select pg_get_expr(relpartbound, 0) from pg_class where oid = '`+name+`'::regclass);
begin
  set local timezone = 'UTC';
  bound := (select pg_get_expr(relpartbound, 0) from pg_class where oid = '`+name+`'::regclass);
  alter table ev detach partition `+name+`;
  execute format('comment on table `+name+` is %L', format(E'pg-partsmith:orphan-parent=public.ev\npg-partsmith:detached-at=2055-10-31T00:00:00+00:00\npartsmith:oid=%s/%s bound=%s',
    '`+name+`'::regclass::oid, 'ev'::regclass::oid, bound));
end $$`)
}

// hasFinding reports whether a plan has a finding of that code.
func hasFinding(r Result, code string) bool {
	return slices.ContainsFunc(r.Plan.Findings, func(f lifecycle.Finding) bool { return f.Code == code })
}

// slowly makes a function that takes a quarter of a second for each call: an index over it is as slow as one of a large table.
const slowly = "create function slowly(bigint) returns bigint immutable language plpgsql as $$ begin perform pg_sleep(0.25); return $1; end $$; "

// What ATTACH would make is made before, so the detached partition comes back with its rows; whatever it lacks.
func TestWhatADetachedPartitionLacksIsMadeBeforeItIsAttached(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"nothing":                       "",
		"an index":                      "create index on ev (v, id desc) include (at)",
		"an index with everything":      `create index "Odd; name" on ev using btree (lower(v) collate "C" text_pattern_ops desc, (id + 1)) with (fillfactor = 70) where id > 1 and v <> 'x;y'`,
		"two equal indexes":             "create index on ev (v); create index on ev (v)",
		"a unique index":                "create unique index on ev (at, v, id)",
		"a unique constraint":           "alter table ev add unique (id, at) deferrable initially deferred",
		"a primary key":                 "alter table ev drop constraint ev_pkey; alter table ev__2055_11_01 drop constraint ev__2055_11_01_pkey; alter table ev add primary key (id, at)",
		"the constraint of an index":    "alter table ev add unique (id, at); create unique index on ev__2055_11_01 (id, at)",
		"a foreign key":                 "alter table ev add foreign key (id) references ref on delete cascade",
		"a foreign key that stands":     "alter table ev__2055_11_01 add constraint to_ref foreign key (id) references ref; alter table ev add constraint to_ref foreign key (id) references ref",
		"a foreign key, not validated":  "alter table ev__2055_11_01 add constraint to_ref foreign key (id) references ref not valid; alter table ev add constraint to_ref foreign key (id) references ref",
		"the name of a foreign key":     "alter table ev__2055_11_01 add constraint to_ref check (id > 0); alter table ev add constraint to_ref foreign key (id) references ref",
		"an index, large":               slowly + "create index on ev (slowly(id))",
		"an index, large, DEFAULT":      "create table ev_rest partition of ev default; " + slowly + "create index on ev (slowly(id))",
		"an index, foreign key in":      "create table points (at timestamptz, id bigint, foreign key (at, id) references ev); " + slowly + "create index on ev (slowly(id))",
		"what stays alone of the check": "alter table ev__2055_11_01 add constraint partsmith_attach_check check (at > '2020-01-01') not valid",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := loneDay(t)
			db.Exec(t, change+";")
			task := daily("ev", period.Span{})
			result := apply(t, db, Executor{RetryFor: 5 * time.Second}, task, november(1))
			is.Equal(Count(result), Counts{Attached: 1, Detached: 1})
			is.True(!hasFinding(result, "detached_differs"))
			is.Equal(db.Text(t, "select count(*) from ev"), "4")
			is.Equal(db.Text(t, `select count(*) from pg_index i where indrelid = 'ev__2055_11_01'::regclass`), db.Text(t, `select count(*) from pg_index where indrelid = 'ev'::regclass`))
			is.Equal(db.Text(t, `select count(*) from pg_index i join pg_class x on x.oid = i.indexrelid where indrelid = 'ev__2055_11_01'::regclass and not x.relispartition`), "0")
			is.Equal(db.Text(t, `select count(*) from pg_constraint where conrelid = 'ev__2055_11_01'::regclass and contype = 'f' and conparentid = 0`), "0")
			is.Equal(db.Text(t, `select count(*) from pg_constraint where conname like 'partsmith%'`), "0")
			is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{})
		})
	}
}

// What ATTACH refuses stays where it is, with its rows and nothing of ours on it; a new partition takes its window, and
// everything else goes on.
func TestWhatCannotBeAttachedAgainStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"primary key changed":            "alter table ev drop constraint ev_pkey; alter table ev add primary key (id, at)",
		"CHECK redefined":                "alter table ev drop constraint small; alter table ev add constraint small check (id < 500)",
		"unique index, duplicates":       "create unique index on ev (at, v)",
		"unique constraint, duplicates":  "alter table ev add unique (v, at)",
		"foreign key, rows without":      "delete from ref where id = 3; alter table ev add foreign key (id) references ref",
		"NOT NULL":                       "alter table ev alter v set not null",
		"a row outside the bounds":       "insert into ev__2055_11_01 values ('2055-12-24Z', 5, 'x')",
		"a row outside, DEFAULT":         "create table ev_rest partition of ev default; insert into ev__2055_11_01 values ('2055-12-24Z', 5, 'x')",
		"trigger of the same name":       "create function nothing() returns trigger language plpgsql as $$ begin return new; end $$; create trigger own before insert on ev__2055_11_01 for each row execute function nothing(); create trigger own before insert on ev for each row execute function nothing()",
		"an index that cannot be built":  "create function broken(bigint) returns bigint immutable language plpgsql as $$ begin return 1 / ($1 - 3); end $$; create index on ev (broken(id))",
		"several at once, foreign key":   "delete from ref where id = 3; create index on ev (v); alter table ev add foreign key (id) references ref",
		"an index, and a row outside it": "create index on ev (v); insert into ev__2055_11_01 values ('2055-12-24Z', 5, 'x')",
		"slow beside DEFAULT, nobody there": `create table ev_rest partition of ev default;
create function late() returns event_trigger language plpgsql as $$ begin if current_query() like '%ATTACH PARTITION public.ev\_\_2055\_11\_01 %' then perform pg_sleep(600); end if; end $$;
create event trigger late on ddl_command_end when tag in ('ALTER TABLE') execute function late()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := loneDay(t)
			db.Exec(t, change+";")
			rows := db.Text(t, "select count(*) from ev__2055_11_01")
			task := daily("ev", period.Span{})
			result := apply(t, db, Executor{RetryFor: 3 * time.Second}, task, november(1))
			is.True(hasFinding(result, "detached_differs"))
			is.Equal(Count(result), Counts{Created: 1, Detached: 1})
			is.Equal(db.Text(t, "select string_agg(inhrelid::regclass::text, ' ' order by inhrelid::regclass::text) from pg_inherits where inhparent = 'ev'::regclass and inhrelid::regclass::text not like '%rest'"),
				"ev__2055_11_01_2 ev__2055_11_02")
			is.Equal(db.Text(t, "select count(*) from ev__2055_11_01"), rows)
			is.Equal(db.Text(t, "select obj_description('ev__2055_11_01'::regclass, 'pg_class') like 'pg-partsmith:orphan-parent=public.ev%'"), "true")
			is.Equal(db.Text(t, "select count(*) from pg_constraint where conrelid = 'ev__2055_11_01'::regclass and (contype = 'f' or conname like 'partsmith%')"), "0")
			again := apply(t, db, Executor{}, task, november(1))
			is.Equal(Count(again), Counts{})
			is.True(hasFinding(again, "detached_differs"))
			is.True(again.OK())
		})
	}
}

// A table that gets the name of a detached partition while it is prepared is left as it is.
func TestAStrangerWithTheNameOfADetachedPartitionIsLeftAlone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := loneDay(t)
	db.Exec(t, "create index on ev (v); alter table ev add foreign key (id) references ref")
	swap := func() error {
		db.Exec(t, "alter table ev__2055_11_01 rename to elsewhere; create table ev__2055_11_01 (at timestamptz, id bigint, v text)")
		return nil
	}
	e := Executor{RetryFor: 3 * time.Second, Hooks: []Hook{beforeOp("attach public.ev__2055_11_01", swap)}}
	results, err := e.Run(t.Context(), db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(1))
	is.NoErr(err)
	is.Equal(db.Text(t, "select count(*) from pg_index where indrelid = 'ev__2055_11_01'::regclass"), "0")
	is.Equal(db.Text(t, "select count(*) from pg_constraint where conrelid = 'ev__2055_11_01'::regclass"), "0")
	is.Equal(db.Text(t, "select count(*) from ev"), "4")
	is.True(strings.Contains(fates(results[0]), "attach elsewhere done"))
}

// A run knows what was refused only for as long as it lasts: the next one looks for itself.
func TestRefusedIsPlannedAround(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table := catalog.Table{Partitions: []catalog.Partition{{OID: 1, State: catalog.Detached}, {OID: 2, State: catalog.Detached}}}
	lifecycle.Task{Refused: map[uint32]string{2: "it is in the way"}}.Refuse(&table)
	is.Equal(len(table.Partitions[0].Differs), 0)
	is.Equal(table.Partitions[1].Differs, []string{"it is in the way"})
}

// The definition of an index names what is in pg_catalog without a schema: it must not mean what somebody else has put in front.
func TestAnIndexIsBuiltOfWhatTheParentMeans(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := loneDay(t)
	db.Exec(t, `create index on ev (lower(v)); create schema evil;
create function evil.lower(text) returns text immutable language sql as $$ select 'mine'::text $$`)
	conn := db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "set search_path = evil, pg_catalog, public")
	is.NoErr(err)
	results, err := Executor{AtDestroys: true}.Run(t.Context(), conn, []lifecycle.Task{daily("ev", period.Span{})}, november(1))
	is.NoErr(err)
	is.Equal(Count(results...).Attached, 1)
	is.Equal(db.Text(t, "select count(*) from pg_depend where refclassid = 'pg_proc'::regclass and refobjid = 'evil.lower'::regproc"), "0")
	is.Equal(db.Text(t, "select count(*) from pg_index where indrelid = 'ev__2055_11_01'::regclass"), "2")
}
