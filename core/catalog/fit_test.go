package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// fitOf writes what AskFit found about o, the detached partition of e.
func fitOf(p catalog.Partition) string {
	var parts []string
	for _, x := range p.Fit.Indexes {
		parts = append(parts, strings.Join(strings.Fields(fmt.Sprint("index ", x.Name, " ", x.Unique, " ", x.Built, " ", x.Constraint, x.Deferral, " ", x.Whole, " ", x.Def)), " "))
	}
	for _, k := range p.Fit.Keys {
		parts = append(parts, fmt.Sprint("key ", k.Name, " ", k.Added, " ", k.Def))
	}
	return strings.Join(append(parts, p.Differs...), "; ")
}

// AskFit tells what ATTACH would make and what it would refuse, with names that mean the same under any search_path.
func TestAsk_fit(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		"":                                   "",
		"create index on e (id) include (v)": "index false false USING btree (id) INCLUDE (v)",
		"create index on e (id); create index on o (id)":                                                                                               "",
		"create index on e (id desc); create index on o (id)":                                                                                          "",
		"create index on e (id); create index on e (id); create index on o (id)":                                                                       "index false false USING btree (id)",
		"create index on e (id) where id > 1; create index on o (id) where id > 2":                                                                     "index false false USING btree (id) WHERE (id > 1)",
		"create index on e (shout(v)); create index on o (v)":                                                                                          "index false false USING btree (public.shout(v))",
		"create unique index on e (at, v)":                                                                                                             "index true false USING btree (at, v)",
		"create unique index on e (at, v); alter table o add unique (at, v)":                                                                           "",
		"alter table e add unique (at, v)":                                                                                                             "index o_at_v_key true false UNIQUE USING btree (at, v)",
		"alter table e add unique (at, v) deferrable":                                                                                                  "index o_at_v_key true false UNIQUE DEFERRABLE USING btree (at, v)",
		"alter table e add unique (at, v); create table o_at_v_key ()":                                                                                 "index o_at_v_key1 true false UNIQUE USING btree (at, v)",
		"alter table e add unique (at, v); create unique index mine on o (at, v)":                                                                      "index mine true true UNIQUE USING btree (at, v)",
		"alter table e add primary key (at, id)":                                                                                                       "index o_pkey true false PRIMARY KEY USING btree (at, id)",
		"alter table e add primary key (at, id); alter table o add primary key (at)":                                                                   "its primary key is (at), that of the parent (at, id)",
		"alter table e add check (id > 1); alter table o add constraint e_id_check check (id> 1)":                                                      "",
		"alter table e add check (id > 1); alter table o add constraint e_id_check check (id> 2)":                                                      "CHECK e_id_check is (id > 2), in the parent (id > 1)",
		"alter table e add constraint f foreign key (id) references r on delete cascade":                                                               "key f false FOREIGN KEY (id) REFERENCES public.r(id) ON DELETE CASCADE",
		"alter table e add constraint f foreign key (id) references r; alter table o add constraint f foreign key (id) references r on delete cascade": "key f_1 false FOREIGN KEY (id) REFERENCES public.r(id)",
		"alter table e add constraint f foreign key (id) references r; alter table o add constraint g foreign key (id) references r":                   "",
		"alter table e add constraint f foreign key (id) references r; alter table o add constraint g foreign key (id) references r not valid":         "key g true FOREIGN KEY (id) REFERENCES public.r(id)",
		"create table d (id int primary key) partition by hash (id); create table d0 partition of d for values with (modulus 1, remainder 0); alter table e add constraint f foreign key (id) references d": "key f false FOREIGN KEY (id) REFERENCES public.d(id)",
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			db.Exec(t, `create table r (id int primary key); create function shout(text) returns text immutable language sql as 'select $1';
				create table e (at date not null, id int not null, v text) partition by range (at); create table o (like e)`+markedAs+"; "+change)
			table := readOne(t, db.SQL(), "e")
			question := catalog.Ask{Kind: catalog.AskFit, Relation: partition(t, table, "o").OID}
			if err := ask.One(t.Context(), session(t, db.SQL()), &table, []catalog.Ask{question}, 0); err != nil || !table.Answers[question].Known {
				t.Fatalf("%+v, %v", table.Answers, err)
			}
			if got := fitOf(partition(t, table, "o")); got != want {
				t.Errorf("fit: %s\nnot:  %s", got, want)
			}
		})
	}
}

// A partition that is itself divided gets its constraints at once: none can be made of an index there.
func TestAsk_fit_of_a_divided_partition(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create table e (at date not null, id int not null) partition by range (at); create table o (like e) partition by list (id)`+markedAs+
		`; alter table e add unique (at, id); create index on e (id)`)
	table := readOne(t, db.SQL(), "e")
	question := catalog.Ask{Kind: catalog.AskFit, Relation: partition(t, table, "o").OID}
	if err := ask.One(t.Context(), session(t, db.SQL()), &table, []catalog.Ask{question}, 0); err != nil {
		t.Fatal(err)
	}
	const want = "index o_at_id_key true false UNIQUE UNIQUE (at, id) USING btree (at, id); index false false USING btree (id)"
	if got := fitOf(partition(t, table, "o")); got != want {
		t.Errorf("fit: %s\nnot:  %s", got, want)
	}
}
