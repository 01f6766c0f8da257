package resolution

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

//go:embed testdata/evil.sql
var evil string

// paths are where somebody else's schema may stand: in front of pg_catalog, and behind it.
func paths() map[string]string {
	return map[string]string{"in front": "evil, pg_catalog, app", "behind": "app, evil"}
}

func TestNothingOfSomebodyElseIsCalled(t *testing.T) {
	t.Parallel()
	bin := compile(t)
	for where, path := range paths() {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, bin, path, evil)
			s.live()
			for _, call := range calls(t, s.db) {
				if !goose(call) {
					t.Error(call)
				}
			}
		})
	}
}

// calls are what the schema's functions wrote into the log.
func calls(t *testing.T, db *pgtest.Database) (all []string) {
	t.Helper()
	for _, e := range logged(t, db) {
		if strings.HasPrefix(e.text, "evil ") {
			all = append(all, e.level+" "+e.text)
		}
	}
	return all
}

// Whoever names something without its schema meets the other's.
func TestTheOtherSchemaTells(t *testing.T) {
	t.Parallel()
	for where, path := range paths() {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			conn := db.Conn(t)
			for _, statement := range []string{evil, "set search_path = " + path} {
				if _, err := conn.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			for n, query := range []string{
				"select 1 from pg_catalog.pg_class c where c.oid = 1259::pg_catalog.int4",
				"select 1 from pg_catalog.pg_class c where c.relkind in ('r'::pg_catalog.text, 'p'::pg_catalog.text)",
				"select to_json('{}'::pg_catalog.text[])",
				"select count('x'::pg_catalog.text)",
				"select unnest('{1}'::pg_catalog.int2[])",
				"select 1 from pg_catalog.pg_class c where c.oid operator(pg_catalog.=) any (array[1259]::pg_catalog.oid[]) and c.relname = 'pg_class'::pg_catalog.text",
				"select now()", "select 'a'::text", "select 1 from pg_class", "select 1 operator(pg_catalog.+) 1 = 2",
			} {
				before := len(calls(t, db))
				query += fmt.Sprintf(" -- %d", n)
				_, _ = conn.ExecContext(t.Context(), query)
				if told := len(calls(t, db)) > before; told != (where == "in front" || n < 5) {
					t.Errorf("%s: told %t", query, told)
				}
			}
		})
	}
}
