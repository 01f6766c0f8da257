package load

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/fault"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// night is the instant of every run over a fleet: each of its tables lacks the partition of the next day.
func night() time.Time { return time.Date(2090, 6, 15, 12, 0, 0, 0, time.UTC) }

// fleet makes tables with a partition for each of some days up to that of the night.
func fleet(t testing.TB, db *pgtest.Database, from, to, days int) {
	t.Helper()
	db.Exec(t, fmt.Sprintf(`do $$ declare day timestamptz; begin for i in %d..%d loop
		execute format('create table t%%s (at timestamptz not null, id bigint) partition by range (at)', i);
		for n in 0..%d loop
			day := '2090-06-15 00:00+00'::timestamptz - n * interval '1 day';
			execute format('create table t%%1$s__%%2$s partition of t%%1$s for values from (%%3$L) to (%%4$L)', i, to_char(day at time zone 'UTC', 'YYYY_MM_DD'), day, day + interval '1 day');
		end loop;
	end loop; end $$`, from, to, days-1))
}

// nightly are the tasks of a fleet.
func nightly(t testing.TB, tables int) []lifecycle.Task {
	t.Helper()
	policy := lifecycle.Policy{Every: span(t, "1 day"), Ahead: span(t, "2")}
	var tasks []lifecycle.Task
	for i := range tables {
		tasks = append(tasks, lifecycle.Task{Table: catalog.Name{Schema: "public", Table: fmt.Sprintf("t%d", i+1)}, Policy: policy})
	}
	return tasks
}

// messages are how many a run sends that makes a partition for each of some tables.
func messages(t *testing.T, tables int) int {
	t.Helper()
	db := pgtest.New(t)
	fleet(t, db, 1, tables, 3)
	proxy, err := fault.Listen(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	pool, err := sql.Open("pgx", proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	before := proxy.Count()
	results, err := executor.Executor{Locker: lock.Polling{}}.Run(context.Background(), conn, nightly(t, tables), night())
	if done := executor.Count(results...); err != nil || done.Created != tables {
		t.Fatalf("%v, %+v", err, done)
	}
	return proxy.Count() - before
}

// A run over many tables costs few messages for each, and what it asks beforehand costs the same for any number of them.
func TestMessagesOfANight(t *testing.T) {
	t.Parallel()
	few, many := messages(t, 10), messages(t, 50)
	t.Logf("%d messages for 10 tables, %d for 50", few, many)
	if each := float64(many-few) / 40; each > 4 || many > 4*50+150 {
		t.Errorf("%.1f messages for each further table, %d for 50", each, many)
	}
}
