package leaf_test

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
)

func ExampleOf() {
	name := func(table string) catalog.Name { return catalog.Name{Schema: "public", Table: table} }
	table := catalog.Table{Name: name("events")}
	newest := &catalog.Partition{Name: name("events_1"), Trusted: true, Kind: "r", State: catalog.Attached, AccessMethod: "heap", Tablespace: "fast",
		Own: []catalog.Own{
			{Kind: catalog.OwnIndex, Name: "events_1_by_day", Def: "USING btree (at)", Partitions: 2},
			{Kind: catalog.OwnTrigger, Name: "audit", Def: "AFTER INSERT ...", Partitions: 1},
		}}
	older := *newest
	older.Own = nil

	like := leaf.Of(&table, leaf.Rule{}, false, newest, []*catalog.Partition{&older, newest})
	some, _ := like.Take(2) // how many were compared, says the answer to like.Own()
	for _, relation := range like.Relations(name("events_2")) {
		like.Name(relation, true)
	}
	fmt.Println("gets", like.Texts(), "and not", some)
	for _, statement := range like.Create(name("events_2")) {
		fmt.Println(statement.SQL)
	}
	// Output:
	// gets [index (at) tablespace fast] and not [trigger audit (on 1 of 2 partitions)]
	// CREATE TABLE public.events_2 (LIKE public.events INCLUDING ALL EXCLUDING IDENTITY) TABLESPACE fast
	// SELECT pg_catalog.set_config('partsmith.default_tablespace', pg_catalog.current_setting('default_tablespace'), true)
	// SELECT pg_catalog.set_config('default_tablespace', '', true)
	// CREATE INDEX events_2_by_day ON public.events_2 USING btree (at)
	// SELECT pg_catalog.set_config('default_tablespace', pg_catalog.current_setting('partsmith.default_tablespace'), true)
}
