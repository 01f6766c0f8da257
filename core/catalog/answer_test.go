package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// answers asks all and fails the test where that is an error.
func answers(t testing.TB, q catalog.Querier, table *catalog.Table, limit time.Duration, asks ...catalog.Ask) []catalog.Answer {
	t.Helper()
	err := reading(t.Context(), q, func(r *catalog.Reader) error {
		return ask.All(t.Context(), r, []ask.Question{{Table: table, Asks: asks}}, limit)
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []catalog.Answer
	for _, question := range asks {
		answer, filed := table.Answers[question]
		if !filed {
			t.Fatalf("%+v was not answered", question)
		}
		got = append(got, answer)
	}
	return got
}

const asked = `
	create table e ("At" timestamptz, id bigint) partition by range ("At");
	create table e_1 partition of e for values from ('2026-01-01 00:00+00') to ('2026-01-02 00:00+00');
	create table e_default partition of e default;
	insert into e select '2026-01-01 12:00+00', g from generate_series(1, 5) g;
	insert into e select '2026-02-01 12:00+00', g from generate_series(1, 7) g;
	insert into e values (null, 99)`

func TestAnswer_rows(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, asked)
	conn := session(t, db.SQL())
	run(t, conn, "set timezone to 'Asia/Tokyo'")
	table := readOne(t, conn, "e")
	in := partition(t, table, "e_default").OID
	rows := func(from, to string) catalog.Ask {
		return catalog.Ask{Kind: catalog.AskRows, Relation: in, From: from, To: to}
	}
	got := answers(t, conn, &table, 0,
		rows("2026-02-01 00:00:00+00", "2026-02-02 00:00:00+00"), rows("2026-02-01 12:00:00+00", "2026-02-01 12:00:01+00"),
		rows("2026-02-01 00:00:00+00", "2026-02-01 12:00:00+00"), rows("", ""), rows("2026-02-01 12:00:00+00", ""), rows("", "2026-02-01 12:00:00+00"))
	for i, want := range []int64{7, 7, 0, 7, 7, 0} {
		if a := got[i]; !a.Known || a.Yes != (want > 0) || a.Count != want || a.AtLeast || a.Took <= 0 {
			t.Errorf("%d: %+v", i, a)
		}
	}
	db.Exec(t, "insert into e_default select '2026-03-01', g from generate_series(1, 100001) g")
	if a := answers(t, conn, &table, time.Minute, rows("2026-03-01 00:00:00+00", "2026-03-02 00:00:00+00"))[0]; a.Count != 100_000 || !a.AtLeast || !a.Yes {
		t.Errorf("many rows: %+v", a)
	}
	if db.Text(t, "select count(*) from e") == "" || db.Text(t, "show timezone") == "Asia/Tokyo" {
		t.Error("the pool has the session")
	}
	var zone, timeout string
	if err := conn.QueryRowContext(t.Context(), "select current_setting('timezone'), current_setting('statement_timeout')").Scan(&zone, &timeout); err != nil || zone != "Asia/Tokyo" || timeout != "0" {
		t.Errorf("left behind: %s %s %v", zone, timeout, err)
	}
}

// One question that cannot be answered does not stop those after it.
func TestAnswer_unknown(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, asked+`; create table l ("At" timestamptz) partition by range ("At"); create table l_1 partition of l default; create table x (k int) partition by range ((k + 1)); create table x_1 partition of x default;
		create function slow(timestamptz) returns timestamptz language plpgsql as 'begin perform pg_sleep(60); return $1; end'; create view v as select 1`)
	table, locked, odd := readOne(t, db.SQL(), "e"), readOne(t, db.SQL(), "l"), readOne(t, db.SQL(), "x")
	table.Partitions = append(table.Partitions, catalog.Partition{OID: 1, Name: catalog.Name{Schema: "public", Table: "gone"}})
	holder := session(t, db.SQL())
	run(t, holder, "begin", "lock table l_1 in access exclusive mode")
	in, began := partition(t, locked, "l_1").OID, time.Now()
	got := answers(t, db.SQL(), &locked, 0, catalog.Ask{Kind: catalog.AskRows, Relation: in}, catalog.Ask{Kind: catalog.AskSize, Relation: in}, catalog.Ask{Kind: catalog.AskCheck, Relation: in},
		catalog.Ask{Kind: catalog.AskTaken, Name: catalog.Name{Schema: "public", Table: "l_1"}})
	if got[0].Known || got[0].Cause != "the table is locked by another session" || got[1].Known || !got[3].Known || !got[3].Yes || time.Since(began) > 10*time.Second {
		t.Errorf("locked: %+v", got)
	}
	if a := answers(t, db.SQL(), &odd, 0, catalog.Ask{Kind: catalog.AskRows, Relation: odd.Partitions[0].OID})[0]; a.Known || a.Cause != "the partition key is an expression" {
		t.Errorf("expression: %+v", a)
	}
	if a := answers(t, db.SQL(), &table, 0, catalog.Ask{Kind: catalog.AskRows, Relation: 1}, catalog.Ask{Kind: catalog.AskReferenced, Relation: table.OID, Key: 1}); a[0].Known || !strings.Contains(a[0].Cause, "dropped") || a[1].Known {
		t.Errorf("gone: %+v", a)
	}
	clerk := db.Role(t, "clerk")
	all := catalog.Ask{Kind: catalog.AskRows, Relation: partition(t, table, "e_default").OID, From: "2026-02-01"}
	if a := answers(t, db.As(t, clerk), &table, 0, all)[0]; a.Known || !strings.Contains(a.Cause, "rights") {
		t.Errorf("without rights: %+v", a)
	}
	db.Exec(t, "alter table e_default owner to "+clerk+"; alter table e_default enable row level security; alter table e_default force row level security")
	if a := answers(t, db.As(t, clerk), &table, 0, all)[0]; a.Known || !strings.Contains(a.Cause, "row-level security") {
		t.Errorf("behind row security: %+v", a)
	}
	table.ActAs = clerk
	if a := answers(t, db.SQL(), &table, 0, all)[0]; a.Known {
		t.Errorf("as the role that works: %+v", a)
	}
}

// A count that takes too long leaves the answer at one or more; a look that does, leaves none.
func TestAnswer_takes_no_longer_than_allowed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create table e (k int) partition by range (k); create table e_default partition of e default; insert into e select 1 from generate_series(1, 3000000)`)
	table := readOne(t, db.SQL(), "e")
	in := table.Partitions[0].OID
	if a := answers(t, db.SQL(), &table, time.Millisecond, catalog.Ask{Kind: catalog.AskRows, Relation: in, From: "2"})[0]; a.Known || a.Cause != "it takes longer than 1ms to find out" {
		t.Errorf("%+v", a)
	}
	// A busy machine may need longer to find the first row; to count them takes longer than that on any.
	var found catalog.Answer
	for limit := 3 * time.Millisecond; !found.Known && limit < time.Minute; limit *= 2 {
		found = answers(t, db.SQL(), &table, limit, catalog.Ask{Kind: catalog.AskRows, Relation: in, From: "1"})[0]
	}
	if !found.Known || !found.Yes || !found.AtLeast {
		t.Errorf("%+v", found)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ask.One(ctx, db.Conn(t), &table, []catalog.Ask{{Kind: catalog.AskSize, Relation: in}}, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := ask.One(t.Context(), db.Conn(t), &table, []catalog.Ask{{Kind: "weather"}}, 0); err == nil {
		t.Error("an unknown question was answered")
	}
}

func TestAnswer_highest_size_taken(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, asked+`; create table empty (k int) partition by range (k); create schema "S"; create type "S".t as enum (); create index "S_i" on e_1 (id); create table plain (); create domain d as int`)
	table, empty := readOne(t, db.SQL(), "e"), readOne(t, db.SQL(), "empty")
	name := func(s, n string) catalog.Ask {
		return catalog.Ask{Kind: catalog.AskTaken, Name: catalog.Name{Schema: s, Table: n}}
	}
	got := answers(t, db.SQL(), &table, 0, catalog.Ask{Kind: catalog.AskHighest, Relation: table.OID}, catalog.Ask{Kind: catalog.AskHighest, Relation: partition(t, table, "e_1").OID},
		catalog.Ask{Kind: catalog.AskSize, Relation: table.OID}, catalog.Ask{Kind: catalog.AskSize, Relation: partition(t, table, "e_1").OID},
		name("public", "plain"), name("S", "t"), name("public", "S_i"), name("public", "t"), name("none", "t"), name("public", "_plain"), name("public", "d"))
	if got[0].Text != "2026-02-01 12:00:00+00" || got[1].Text != "2026-01-01 12:00:00+00" {
		t.Errorf("highest: %+v", got[:2])
	}
	if got[2].Bytes != 2*got[3].Bytes || got[3].Bytes < 8192 {
		t.Errorf("sizes: %+v", got[2:4])
	}
	for i, want := range []string{"table", "type", "index", "", "", "", "type"} {
		if a := got[4+i]; !a.Known || a.Text != want || a.Yes != (want != "") {
			t.Errorf("taken %d: %+v, want %q", i, a, want)
		}
	}
	if a := answers(t, db.SQL(), &empty, 0, catalog.Ask{Kind: catalog.AskHighest, Relation: empty.OID})[0]; !a.Known || a.Text != "" {
		t.Errorf("empty: %+v", a)
	}
}

// Referenced says yes exactly where DETACH is refused.
func TestAnswer_referenced_as_detach_does(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `
		create table e (a int, "B" int, up_a int, up_b int, primary key (a, "B")) partition by range (a);
		create table e_1 partition of e for values from (1) to (2); create table e_2 partition of e for values from (2) to (3); create table e_3 partition of e for values from (3) to (4);
		alter table e add constraint self_key foreign key (up_a, up_b) references e;
		create table points (x bigint, y int, constraint in_key foreign key (y, x) references e ("B", a));
		insert into e values (1, 1, null, null), (2, 1, null, null), (3, 1, 2, 1); insert into points values (1, 1), (null, 1), (3, null)`)
	table := readOne(t, db.SQL(), "e")
	want := map[string]bool{"in_key e_1": true, "self_key e_2": true}
	for _, k := range table.ForeignKeys {
		if k.Out || k.OnPartition != 0 {
			continue
		}
		for _, p := range table.Partitions {
			a := answers(t, db.SQL(), &table, 0, catalog.Ask{Kind: catalog.AskReferenced, Relation: p.OID, Key: k.OID})[0]
			if what := k.Name + " " + p.Name.Table; !a.Known || a.Yes != want[what] {
				t.Errorf("%s: %+v", what, a)
			}
		}
	}
	conn := session(t, db.SQL())
	for _, p := range []string{"e_1", "e_2", "e_3"} {
		run(t, conn, "begin")
		_, err := conn.ExecContext(t.Context(), "alter table e detach partition "+p)
		if (err != nil) != (p != "e_3") {
			t.Errorf("DETACH %s: %v", p, err)
		}
		run(t, conn, "rollback")
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create table a (k int primary key, note text); create table b (k int primary key, note text); create table c (k int primary key, note text); insert into a values (1); insert into b values (1); insert into c values (1)`)
	var oids []uint32
	for _, name := range []string{"a", "b", "c"} {
		oids = append(oids, readOne(t, db.SQL(), name).OID)
	}
	sizes := func(want ...int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		got, err := catalog.Sizes(ctx, db.Conn(t), append(oids, oids[0], 1))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v, %v", got, err)
		}
		for _, i := range want {
			if fmt.Sprint(got[oids[i]]) != db.Text(t, "select pg_total_relation_size($1::bigint::oid)", int64(oids[i])) {
				t.Errorf("%d: %d", i, got[oids[i]])
			}
		}
	}
	sizes(0, 1, 2)
	holder := session(t, db.SQL())
	run(t, holder, "begin", "lock table b in access exclusive mode")
	sizes(0, 2)
	run(t, holder, "commit", "begin", "reindex index c_pkey")
	sizes(0, 1)
	run(t, holder, "commit")
	sizes(0, 1, 2)
	if got, err := catalog.Sizes(t.Context(), db.Conn(t), nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
