package ddl_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// What drops a table asks once more, under the lock that the drop needs.
func ExampleGuard() {
	table := catalog.Name{Schema: "public", Table: "events__2026_08_01"}
	for _, s := range ddl.Compact(ddl.AsRole(""), ddl.Lock(table, ddl.AccessExclusive), ddl.Guard(table, 4711, ddl.NotAttached()),
		ddl.Statement{SQL: ddl.Drop(table), Holds: true}) {
		fmt.Println(s.SQL)
	}
	// Output:
	// LOCK TABLE ONLY public.events__2026_08_01 IN ACCESS EXCLUSIVE MODE
	// SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.=) 1 THEN 0 ELSE pg_catalog.concat('partsmith: public.events__2026_08_01 is no longer what was planned, matches ', pg_catalog.count(*))::pg_catalog.int4 END
	//   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
	//   WHERE c.oid OPERATOR(pg_catalog.=) '4711'::pg_catalog.oid
	//     AND c.relname OPERATOR(pg_catalog.=) 'events__2026_08_01'
	//     AND n.nspname OPERATOR(pg_catalog.=) 'public'
	//     AND NOT c.relispartition
	// DROP TABLE public.events__2026_08_01
}

func TestNamesAndTextsAreQuoted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	odd := catalog.Name{Schema: `a"b`, Table: "Ta.ble"}
	is.Equal(ddl.Comment(odd, `it's`), `COMMENT ON TABLE "a""b"."Ta.ble" IS 'it''s'`)
	is.Equal(ddl.Comment(odd, ""), `COMMENT ON TABLE "a""b"."Ta.ble" IS NULL`)
	is.Equal(ddl.AsRole("Some one").SQL, `SET LOCAL ROLE "Some one"`)
	is.Equal(ddl.Setting{Name: "TimeZone", Value: "UTC"}.SQL(), "SET TimeZone = 'UTC'")
	is.Equal(ddl.Setting{Name: "TimeZone"}.SQL(), "RESET TimeZone")
	is.Equal(ddl.Millis(1500*time.Microsecond), "1ms")
	is.Equal(ddl.Same(odd, 0), ddl.Statement{}) // a table that is only to be made
}

// A key of several columns is open below in all but the first.
func TestKeyBound(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	k := ddl.Key{Column: "at", From: "2026-11-20", To: "2026-11-21"}
	is.Equal(k.Bound(), "FOR VALUES FROM ('2026-11-20') TO ('2026-11-21')")
	k.Columns = 3
	is.Equal(k.Bound(), "FOR VALUES FROM ('2026-11-20', MINVALUE, MINVALUE) TO ('2026-11-21', MINVALUE, MINVALUE)")
	is.Equal(k.Inside(), "at IS NOT NULL AND at OPERATOR(pg_catalog.>=) '2026-11-20' AND at OPERATOR(pg_catalog.<) '2026-11-21'")
}

func TestScript(t *testing.T) {
	t.Parallel()
	is.New(t).Equal(ddl.Script(ddl.Statement{SQL: "SELECT 1"}, ddl.Statement{SQL: "SELECT 2"}), "BEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;")
}
