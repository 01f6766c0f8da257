package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

const markedAs = `; comment on table o is E'pg-partsmith:orphan-parent=public.e\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`

// Differs is empty exactly where ATTACH takes the detached partition.
func TestRead_differs_as_attach_does(t *testing.T) {
	t.Parallel()
	const like = "create table o (like e including all excluding identity)"
	for made, want := range map[string]string{
		like: "",
		`create table o (s numeric(6,2) generated always as (1) stored not null, "T x" varchar(7) collate "C", at date not null, id bigint not null, constraint positive check (id > 0))`: "",
		like + `; alter table o drop column "T x"`:                                                                                      `column "T x" is missing`,
		like + "; alter table o add note text":                                                                                          "column note is not in the parent",
		like + `; alter table o alter "T x" type varchar(8) collate "C"`:                                                                `column "T x" has type character varying(8), the parent character varying(7)`,
		like + `; alter table o alter "T x" type varchar(7) collate "POSIX"`:                                                            `column "T x" has collation pg_catalog."POSIX", the parent pg_catalog."C"`,
		like + "; alter table o alter at drop not null":                                                                                 "column at allows NULL, the parent does not",
		like + "; alter table o alter s drop expression":                                                                                "column s is not generated, in the parent generated and stored",
		like + "; alter table o drop constraint positive":                                                                               "CHECK positive is missing",
		like + "; alter table o drop constraint positive; alter table o add constraint positive check (id > 0) not valid":               "CHECK positive is not valid, in the parent it is",
		like + "; alter table o drop constraint positive; alter table o add constraint positive check (id > 0) no inherit":              "CHECK positive is NO INHERIT",
		like + "; alter table o alter id add generated always as identity":                                                              "column id is an identity column, which a partition gets from the parent alone",
		like + "; create table child () inherits (o)":                                                                                   "another table inherits from it",
		"create table p (like e including all excluding identity); create table o () inherits (p); alter table o alter id set not null": "it inherits from another table",
		"create type row as (at date, id bigint); create table o of row":                                                                "it is a table of a composite type",
		"create table o (x int)": `column at is missing; column id is missing; column "T x" is missing; column s is missing; column x is not in the parent; CHECK positive is missing`,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			db.Exec(t, `create table e (at date not null, id bigint not null generated always as identity, gone int, "T x" varchar(7) collate "C",
				s numeric(6,2) generated always as (1) stored not null, constraint positive check (id > 0)) partition by range (at); alter table e drop column gone; `+made+markedAs)
			table := readOne(t, db.SQL(), "e")
			got := strings.Join(partition(t, table, "o").Differs, "; ")
			_, refused := db.SQL().ExecContext(t.Context(), "alter table e attach partition o for values from ('2026-01-01') to ('2026-01-02')")
			if strings.Contains(want, "identity") && table.Server.Version < 170000 {
				want = ""
			}
			if !strings.HasPrefix(got, want) || want == "" && got != "" || (refused != nil) != (got != "") {
				t.Errorf("%s\ndiffers: %s\nATTACH: %v", made, got, refused)
			}
		})
	}
}

// ReferencedBy is empty exactly where DROP succeeds.
func TestRead_referenced_as_drop_says(t *testing.T) {
	t.Parallel()
	const made = "create table e (at date, id int) partition by range (at); create table o (at date, id serial primary key, up int references o, check (id > 0)); create index on o (at); " +
		"create rule r as on insert to o do also select 1; alter table o enable row level security; create policy p on o using (id > 1); create trigger t after insert on o execute function nothing(); create statistics st on at, id from o"
	for dependent, want := range map[string]string{
		"": "",
		"create table points (o int references o)":                             "constraint points_o_fkey on table public.points",
		"create view v as select id from o":                                    "view public.v",
		"create materialized view v as select at, count(*) from o group by at": "materialized view public.v",
		"create table other (x int default nextval('o_id_seq'))":               "default value for column x of table public.other",
		"create table composed (x o)":                                          "column x of table public.composed",
		"create function f(o) returns int language sql as 'select 1'":          "function public.f(public.o)",
		"create table child () inherits (o)":                                   "default value for column id of table public.child; table public.child",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			db.Exec(t, "create function nothing() returns trigger language plpgsql as 'begin return null; end'; "+made+markedAs+"; "+dependent)
			got := partition(t, readOne(t, db.SQL(), "e"), "o").ReferencedBy
			_, refused := db.SQL().ExecContext(t.Context(), "drop table o")
			if strings.Join(got, "; ") != want || (refused != nil) != (want != "") {
				t.Errorf("referenced by %q, DROP: %v", got, refused)
			}
		})
	}
}

// A detached partition that had everything its parent has is none of a different shape.
func TestRead_detached_partition_fits(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, events+`create table ref (id bigint primary key); alter table events add check (id > 0), add foreign key (id) references ref;`)
	before := readOne(t, db.SQL(), "events")
	one := partition(t, before, "events_1")
	conn := session(t, db.SQL())
	run(t, conn, "alter table events detach partition events_1 concurrently", fmt.Sprintf("comment on table events_1 is %s",
		catalog.QuoteLiteral(fmt.Sprintf(marker, "public.events", one.OID, before.OID, one.Bound.Text))))
	table := readOne(t, db.SQL(), "events")
	p := partition(t, table, "events_1")
	if p.State != catalog.Detached || p.OID != one.OID || p.Marker.OID != one.OID || p.Marker.ParentOID != table.OID || !catalog.ParseBound(p.Marker.Bound).Equal(one.Bound) {
		t.Errorf("%+v", p)
	}
	if len(p.Differs) != 0 || len(p.ReferencedBy) != 0 {
		t.Errorf("differs %v, referenced by %v", p.Differs, p.ReferencedBy)
	}
	question := catalog.Ask{Kind: catalog.AskCheck, Relation: p.OID}
	if err := ask.One(t.Context(), conn, &table, []catalog.Ask{question}, 0); err != nil || !table.Answers[question].Known {
		t.Fatalf("%+v, %v", table.Answers, err)
	}
	checks := partition(t, table, "events_1").Checks
	if !slices.ContainsFunc(checks, func(c catalog.Check) bool { return strings.Contains(c.Def, "at >= '2026-01-01") && c.Valid }) {
		t.Errorf("the CHECK that the detach leaves: %+v", checks)
	}
}
