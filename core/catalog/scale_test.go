package catalog_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// fill makes tables with partitions, each with a primary key, committing now and then because every one needs locks.
func fill(t testing.TB, db *pgtest.Database, tables, partitions int) []catalog.Want {
	t.Helper()
	conn := session(t, db.SQL())
	run(t, conn, fmt.Sprintf(`do $$ begin
		for i in 1..%d loop
			execute format('create table t%%s (at timestamptz not null, id bigint, note text, primary key (id, at)) partition by range (at)', i);
			for j in 1..%d loop
				execute format('create table t%%s_%%s partition of t%%s for values from (%%L) to (%%L)', i, j, i, '2026-01-01'::timestamptz + j * interval '1 day', '2026-01-01'::timestamptz + (j + 1) * interval '1 day');
			end loop;
			commit;
		end loop;
	end $$`, tables, partitions), "analyze pg_catalog.pg_class", "analyze pg_catalog.pg_inherits", "analyze pg_catalog.pg_constraint")
	var wants []catalog.Want
	for i := range tables {
		wants = append(wants, want(fmt.Sprintf("public.t%d", i+1)))
	}
	return wants
}

// The largest set takes minutes to make, so it is measured only with PARTSMITH_BENCH=large (and -timeout 1h).
func BenchmarkRead(b *testing.B) {
	for _, size := range []struct{ tables, partitions int }{{1, 10}, {50, 200}, {640, 100}} {
		if size.tables > 100 && os.Getenv("PARTSMITH_BENCH") != "large" {
			continue
		}
		b.Run(fmt.Sprintf("%dx%d", size.tables, size.partitions), func(b *testing.B) {
			db := pgtest.New(b)
			wants := fill(b, db, size.tables, size.partitions)
			conn := session(b, db.SQL())
			for b.Loop() {
				if s := read(b, conn, wants...); len(s.Tables[0].Partitions) != size.partitions {
					b.Fatal(len(s.Tables[0].Partitions))
				}
			}
		})
	}
}

func TestRead_fifty_tables_in_three_statements(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	wants := fill(t, db, 50, 20)
	conn := session(t, db.SQL())
	for range 7 { // from the sixth run on the server may have a generic plan
		s, statements := counted(t, conn, wants...)
		if statements != 3 || len(s.Tables) != 50 || len(s.Tables[49].Partitions) != 20 {
			t.Fatalf("%d statements, %d tables", statements, len(s.Tables))
		}
	}
}
