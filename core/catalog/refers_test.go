package catalog_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestRead_foreign_keys(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `
		create table ref (a int, "B c" int, primary key ("B c", a));
		create table e (k int, a int, b int, up int, primary key (k)) partition by range (k);
		create table e_1 partition of e for values from (1) to (2);
		create table e_2 partition of e for values from (2) to (3);
		alter table e add constraint out_key foreign key (a, b) references ref (a, "B c");
		alter table e add constraint self_key foreign key (up) references e;
		create table points (id int, k int constraint in_key references e);
		create table only_one (k int constraint onto_one references e_1);
		alter table e_2 add constraint from_two foreign key (a, b) references ref (a, "B c") not valid;
		create table bystander (a int, b int, foreign key (a, b) references ref (a, "B c"));
		alter table e detach partition e_2;
		comment on table e_2 is E'pg-partsmith:orphan-parent=public.e\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'`)
	table := readOne(t, db.SQL(), "e")
	got := map[string]catalog.ForeignKey{}
	for _, k := range table.ForeignKeys {
		where := ""
		if k.OnPartition != 0 {
			i := slices.IndexFunc(table.Partitions, func(p catalog.Partition) bool { return p.OID == k.OnPartition })
			where = " on " + table.Partitions[i].Name.Table
		}
		got[fmt.Sprintf("%s out=%v self=%v %s%s valid=%v", k.Name, k.Out, k.Self, k.Other.Table, where, k.Validated)] = k
		if k.OID == 0 || k.OtherOID == 0 || k.Other.Schema != "public" {
			t.Errorf("%+v", k)
		}
	}
	left := []string{"self_key out=false self=false e_2 valid=true", "self_key out=true self=false e on e_2 valid=true"}
	if table.Server.Version < 150000 {
		left = nil // until 14 nothing is left of a key onto the table itself
	}
	for _, want := range append(left,
		"out_key out=true self=false ref valid=true", "self_key out=true self=true e valid=true", "self_key out=false self=true e valid=true",
		"in_key out=false self=false points valid=true", "onto_one out=false self=false only_one on e_1 valid=true",
		"from_two out=true self=false ref on e_2 valid=false", "out_key out=true self=false ref on e_2 valid=true",
	) {
		if _, found := got[want]; !found {
			t.Errorf("%s is missing", want)
		}
		if k := got[want]; strings.HasPrefix(want, "out_key") && (!reflect.DeepEqual(k.Columns, []string{"a", "b"}) || !reflect.DeepEqual(k.References, []string{"a", "B c"})) {
			t.Errorf("%+v", k)
		}
		delete(got, want)
	}
	if len(got) > 0 {
		t.Errorf("too much: %v", got)
	}
}

func TestRead_what_follows_the_table(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	reader := db.Role(t, "reader")
	db.Exec(t, `create domain short as varchar(5) collate "C"; create domain shorter as short;
		create table e (at date not null, s shorter, n numeric(5,2), g int generated always as (1) stored, gone int, i int not null, t text collate "C") partition by range (at);
		alter table e drop column gone; create unique index e_key on e (i, at); alter table e replica identity using index e_key;
		alter table e alter n set statistics 500; alter table e alter i set (n_distinct = -0.5); alter table e enable row level security; alter table e force row level security;
		grant select, insert on e to `+reader+`; grant select on e to public`)
	e := readOne(t, db.SQL(), "e")
	c := catalog.Name{Schema: "pg_catalog", Table: "C"}
	if want := []catalog.Column{{Name: "at", Type: "date", NotNull: true}, {Name: "s", Type: "character varying(5)", Collation: c}, {Name: "n", Type: "numeric(5,2)"},
		{Name: "g", Type: "integer", Generated: true}, {Name: "i", Type: "integer", NotNull: true}, {Name: "t", Type: "text", Collation: c}}; !reflect.DeepEqual(e.Columns, want) {
		t.Errorf("columns: %+v", e.Columns)
	}
	if want := []catalog.StatTarget{{Column: "n", Target: 500}, {Column: "i", Target: -1, Options: []string{"n_distinct=-0.5"}}}; !reflect.DeepEqual(e.StatTargets, want) {
		t.Errorf("statistics: %+v", e.StatTargets)
	}
	if want := []catalog.Grant{{Privilege: "SELECT"}, {Grantee: reader, Privilege: "INSERT"}, {Grantee: reader, Privilege: "SELECT"}}; !reflect.DeepEqual(e.Grants, want) {
		t.Errorf("grants: %+v", e.Grants)
	}
	if !e.RowSecurity || !e.ForceRowSecurity || e.ReplicaIdentity != "i" || !reflect.DeepEqual(e.ReplicaIndex, []string{"i", "at"}) || e.Tablespace != "" || e.AccessMethod != "" {
		t.Errorf("%+v", e)
	}
	if e.Server.Version >= 170000 {
		db.Exec(t, "alter table e set access method heap")
		if got := readOne(t, db.SQL(), "e").AccessMethod; got != "heap" {
			t.Errorf("access method %q", got)
		}
	}
}

func TestRead_publications(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, strings.ReplaceAll(events, "unlogged", "")+`
		alter table events attach partition events_3 for values from ('2026-01-03 00:00+00') to (maxvalue);
		create schema s; create table s.e (k int) partition by range (k); create table s.e_1 partition of s.e for values from (1) to (2);
		create publication two for table events_1, events_2; create publication one for table events_2, events_3;
		create publication whole for table events, events_1; create publication everything for all tables; create publication by_root for all tables with (publish_via_partition_root)`)
	if want, got := []catalog.Publication{{Name: "everything", Whole: true, Root: true}, {Name: "one", Partitions: 2}, {Name: "two", Partitions: 2}, {Name: "whole", Whole: true, Root: true}}, readOne(t, db.SQL(), "events").Publications; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if readOne(t, db.SQL(), "events").Server.Version < 150000 {
		return
	}
	db.Exec(t, "create publication mixed for table s.e_1; create publication schema for table s.e_1, tables in schema public")
	db.Exec(t, "drop publication everything, whole")
	if want, got := []catalog.Publication{{Name: "mixed", Partitions: 1}, {Name: "schema", Partitions: 1}}, readOne(t, db.SQL(), "s.e").Publications; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	db.Exec(t, "alter publication schema add tables in schema s")
	if want, got := []catalog.Publication{{Name: "mixed", Partitions: 1}, {Name: "schema", Whole: true, Root: true}}, readOne(t, db.SQL(), "s.e").Publications; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
