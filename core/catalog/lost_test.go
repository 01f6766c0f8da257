package catalog_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Tables that were detached and lost their marker are told, and no others.
func TestRead_lost(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, stranger := db.Role(t, "owner"), db.Role(t, "stranger")
	db.Exec(t, fmt.Sprintf(`create schema far; create schema parts; create table e (gone int, at date, id int check (id > 0)) partition by range (at); alter table e drop gone; create table e_default partition of e default; alter table e owner to %[1]s;
		create table e_1 (id int, at date, constraint e_id_check check (id > 0)); comment on table e_1 is E'mine\npartsmith:hold please';
		create table parts.e_2 (like e including all);
		create table renamed (like e including all); alter table renamed add constraint e_3_at_check check (at is not null and at >= '2026-01-01' and at < '2026-02-01');
		create table far.moved (x int);
		create table e_other_columns (at date, id bigint); create table e_more_columns (at date, id int, more int); create table far.e_4 (like e); create table of_another_name (like e including all);
		create table unchecked (like e including all, constraint unchecked_at_check2 check (at > '2026-01-01') no inherit); alter table unchecked drop constraint unchecked_at_check2; alter table unchecked add constraint plain check (at > '2026-01-01');
		create table e_5 (like e); create table e_6 (like e);
		create table marked (like e); comment on table marked is E'pg-partsmith:orphan-parent=public.e\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00';
		create temporary table e_7 (like e);
		do $$ declare r regclass; begin for r in select oid from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'far'::regnamespace, 'parts'::regnamespace) loop
			execute format('alter table %%s owner to %[1]s', r); end loop; end $$;
		alter table e_5 owner to %[2]s; create table far.stolen (x int); alter table far.stolen owner to %[2]s`, owner, stranger))
	mark := func(table, before, after string) {
		db.Exec(t, fmt.Sprintf(`do $$ begin execute format('comment on table %[1]s is %%L', %[2]s || 'partsmith:oid=' || '%[1]s'::regclass::oid || '/' || 'e'::regclass::oid || E' bound=FOR VALUES FROM (''2026-01-01'') TO (''2026-02-01'')' || %[3]s); end $$`,
			table, catalog.QuoteLiteral(before), catalog.QuoteLiteral(after)))
	}
	mark("far.moved", "do not touch! pg-partsmith:orphan-parent=public.e\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00\n", "\nold")
	mark("far.stolen", "", "")
	db.Exec(t, "comment on table far.e_4 is 'partsmith:oid=1/2 bound=x partsmith:oid=none'") // of nobody here
	table := read(t, db.SQL(), catalog.Want{Table: catalog.Name{Schema: "public", Table: "e"}, Schema: "parts"}).Tables[0]
	var got []string
	for _, l := range table.Lost {
		line := l.Name.String()
		if l.Held {
			line += " held"
		}
		if l.Marker != nil {
			line += fmt.Sprintf(" %q %s", l.Marker.Rest, l.Marker.Bound)
		}
		for _, c := range l.Checks {
			line += " " + c.Name
		}
		got = append(got, line)
	}
	want := []string{`far.moved "do not touch! old" FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`, "parts.e_2", "public.e_1 held", "public.e_6", "public.renamed e_3_at_check"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}

	question := catalog.Ask{Kind: catalog.AskCheck, Relation: table.Lost[4].OID}
	if err := ask.One(t.Context(), session(t, db.SQL()), &table, []catalog.Ask{question}, 0); err != nil {
		t.Fatal(err)
	}
	if def := table.Lost[4].Checks[0].Def; !strings.Contains(def, "at >= '2026-01-01'") {
		t.Errorf("the CHECK: %q", def)
	}
}
