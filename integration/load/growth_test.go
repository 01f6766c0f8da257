package load

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// sizes are how far the curves go.
type sizes struct {
	tables     []int // of 100 partitions each
	partitions []int // of one table
	days       int   // nights whose median counts
}

func sizesOf(folder string) sizes {
	if folder != "" {
		return sizes{[]int{1, 10, 100, 1000}, []int{10, 100, 1000, 10_000}, 5}
	}
	return sizes{[]int{1, 10, 50}, []int{10, 100, 500}, 1}
}

// costs is what some tables cost.
type costs struct {
	nothing time.Duration // a run that finds nothing to do
	bounds  time.Duration // one query of all bounds
	night   time.Duration // a run that makes one partition for each table
	plain   time.Duration // the statements of such a run, sent as psql sends them
}

var curvesFolder = flag.String("curves", "", "measure up to 1,000 tables and 10,000 partitions, and draw the curves into this `folder`")

// BenchmarkGrowth prints what a night costs for more and more tables, and for tables of more and more partitions. With
// -curves FOLDER it goes up to 1,000 tables and to 10,000 partitions, and draws the curves into that folder.
func BenchmarkGrowth(b *testing.B) {
	folder := *curvesFolder
	s := sizesOf(folder)
	for b.Loop() {
		tables, partitions := map[int]costs{}, map[int]costs{}
		grown(b, s.tables, s.days, tables, func(n, from int) (int, int, int) { return from + 1, from + n, 100 })
		grown(b, s.partitions, s.days, partitions, func(n, from int) (int, int, int) { return from + 1, from + 1, n })
		table(os.Stdout, "tables of 100 partitions", tables)
		table(os.Stdout, "partitions of one table", partitions)
		if folder != "" {
			draw(b, filepath.Join(folder, "growth-tables.svg"), "tables of 100 partitions each, one window due in each", tables)
			draw(b, filepath.Join(folder, "growth-partitions.svg"), "partitions of one table, one window due", partitions)
		}
	}
}

// grown measures sets of tables of one database. set tells which tables of the fleet a size has, and how many partitions these have.
func grown(b *testing.B, all []int, days int, found map[int]costs, set func(n, from int) (first, last, partitions int)) {
	b.Helper()
	db, from := pgtest.New(b), 0
	for _, n := range all {
		first, last, partitions := set(n, from)
		for at := first; at <= last; at += 50 { // a session that has made thousands of tables is slow
			fleet(b, db, at, min(at+49, last), partitions)
		}
		from = last
		db.Exec(b, "analyze")
		found[n] = cost(b, db, nightly(b, last)[first-1:], days)
	}
}

// cost measures some nights, one after the other, and gives the median of each figure.
func cost(b *testing.B, db *pgtest.Database, tasks []lifecycle.Task, days int) costs {
	b.Helper()
	var nothing, bounds, night, plain []time.Duration
	took := func(list *[]time.Duration, do func() error) {
		b.Helper()
		began := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		*list = append(*list, time.Since(began))
	}
	for day := range days {
		at := func(more int) time.Time { return nightAfter(2*day + more) }
		took(&night, func() error { return run(b, db, tasks, at(0)) })
		took(&nothing, func() error { return run(b, db, tasks, at(0)) })
		took(&bounds, func() error { return bare(b, db, []string{boundsQuery}) })
		statements := script(b, db, tasks, at(1))
		took(&plain, func() error { return bare(b, db, statements) })
	}
	median := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)/2] }
	return costs{median(nothing), median(bounds), median(night), median(plain)}
}

func nightAfter(days int) time.Time { return night().AddDate(0, 0, days) }

// boundsQuery prints what a run must know at least.
const boundsQuery = `select n.nspname, c.relname, pg_catalog.pg_get_expr(c.relpartbound, 0) from pg_catalog.pg_inherits i
join pg_catalog.pg_class c on c.oid = i.inhrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace order by 1, 2`

// limits let a busy machine take its time.
func limits() lifecycle.Limits { return lifecycle.Limits{Lock: 900 * time.Millisecond} }

// run is a run on a connection of its own, as a command has.
func run(b *testing.B, db *pgtest.Database, tasks []lifecycle.Task, at time.Time) error {
	b.Helper()
	pool, err := sql.Open("pgx", db.URL)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	results, err := executor.Executor{Locker: lock.Polling{}, Limits: limits()}.Run(context.Background(), conn, tasks, at)
	for _, r := range results {
		if err == nil {
			err = r.Err()
		}
	}
	return err
}

// script are the statements that a run would send, in order.
func script(b *testing.B, db *pgtest.Database, tasks []lifecycle.Task, at time.Time) (statements []string) {
	b.Helper()
	reading, err := planner.ReadDue(context.Background(), db.Conn(b), tasks, at)
	if err != nil {
		b.Fatal(err)
	}
	for _, plan := range reading.Plans() {
		for _, step := range plan.Steps {
			statements = append(statements, strings.Split(strings.TrimSuffix(step.SQL(limits()), ";\n"), ";\n")...)
		}
	}
	return statements
}

// bare sends statements one by one, as psql does.
func bare(b *testing.B, db *pgtest.Database, statements []string) error {
	b.Helper()
	conn, err := pgx.Connect(context.Background(), db.URL)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	for _, s := range statements {
		if _, err := conn.PgConn().Exec(context.Background(), s).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// table prints the figures.
func table(w io.Writer, of string, found map[int]costs) {
	fmt.Fprintf(w, "\n%28s %14s %14s %14s %14s\n", of, "nothing to do", "bounds alone", "a night", "its SQL alone")
	for _, n := range sortedKeys(found) {
		c := found[n]
		ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
		fmt.Fprintf(w, "%28d %14s %14s %14s %14s\n", n, ms(c.nothing), ms(c.bounds), ms(c.night), ms(c.plain))
	}
}
