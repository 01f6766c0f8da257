package fault_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/fault"
)

// at is the instant of every run, far from any clock.
func at() time.Time { return time.Date(2090, 6, 15, 12, 0, 0, 0, time.UTC) }

// tasks are the tables of a world with their policies.
func tasks() []lifecycle.Task {
	daily := func(table string, ahead, keep string) lifecycle.Task {
		p := lifecycle.Policy{Every: span("1 day"), Ahead: span(ahead), Keep: span(keep), MaxRetire: 100}
		return lifecycle.Task{Table: catalog.Name{Schema: "public", Table: table}, Policy: p}
	}
	events, clicks, orders := daily("events", "4", "5"), daily("clicks", "3", "3"), daily("orders", "2", "3")
	events.Policy.DropAfter, clicks.Policy.DropAfter = span("7 days"), span("0")
	return []lifecycle.Task{events, clicks, orders}
}

func span(text string) period.Span {
	s, err := period.ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return s
}

// full is what a run does that does everything.
var full = executor.Counts{Created: 6, Attached: 2, Finalized: 2, Detached: 5, Dropped: 3, Unmarked: 1}

// maintain is a run as a program makes it: a pool of its own, one session, the migrator's lock. Where it says that it did
// everything, it has done what is wanted.
func maintain(ctx context.Context, url string, wanted executor.Counts) error {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	e := executor.Executor{Locker: lock.Polling{}, Wait: patience, RetryFor: patience, AtDestroys: true, Log: logger()}
	results, err := e.Run(ctx, conn, tasks(), at())
	for _, r := range results {
		err = errors.Join(err, r.Err())
	}
	if done := executor.Count(results...); err == nil && wanted != (executor.Counts{}) && done != wanted {
		return fmt.Errorf("the run did %+v, not %+v", done, wanted)
	}
	return err
}

// logger writes what the runs say where PARTSMITH_FAULT_LOG is set.
func logger() *slog.Logger {
	if os.Getenv("PARTSMITH_FAULT_LOG") == "" {
		return nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// converge makes an ordinary run, after which nothing may be left to do and everything must be as if nothing had happened.
func (w *world) converge() {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	err := maintain(ctx, w.server.URL(w.name), executor.Counts{})
	for slowed(err) && ctx.Err() == nil {
		err = maintain(ctx, w.server.URL(w.name), executor.Counts{})
	}
	if err != nil {
		w.Errorf("the next run: %v", err)
	}
	w.nothingDue()
	if wrong := differences(w.state(), w.after); wrong != "" {
		w.Errorf("after the next run it is not as after one that nothing disturbed:\n%s", wrong)
	}
}

// slowed reports whether a run did without a detach because the machine was busy: it measures how long PostgreSQL will look for
// rows that reference the partition, and leaves what takes too long to a later run.
func slowed(err error) bool {
	var f *executor.FindingError
	return errors.As(err, &f) && f.Finding.Code == "check_too_long"
}

// nothingDue fails the test where a further run would do anything.
func (w *world) nothingDue() {
	w.Helper()
	conn, err := w.pool.Conn(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	defer conn.Close()
	reading, err := planner.Read(context.Background(), conn, tasks(), at())
	if err != nil {
		w.Fatal(err)
	}
	for _, plan := range reading.Plans() {
		for _, op := range plan.Operations() {
			w.Errorf("still to do: %s (%s)", op.ID, op.Reason)
		}
	}
}

// through is a proxy in front of the world's database.
func (w *world) through() *fault.Proxy {
	w.Helper()
	proxy, err := fault.Listen(w.server.URL(w.name))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(proxy.Close)
	return proxy
}

// intact fails the test where anything was lost, doubled or touched that should not be, a lock is left, or rows of now
// are not taken.
func (w *world) intact() {
	w.Helper()
	for _, wrong := range lost(w.before, w.state(), w.after) {
		w.Error(wrong)
	}
	for _, table := range []string{"events", "clicks", "orders"} {
		insert := fmt.Sprintf("begin; insert into %s (at, note) values ('2090-06-15 21:00+00', 'writer'); rollback", table)
		if _, err := w.pool.Exec(insert); err != nil {
			w.Errorf("%s takes no rows of now: %v", table, err)
		}
	}
}

// deserted waits until nobody but us is connected to the world, and fails the test where a lock of theirs is left.
func (w *world) deserted() {
	w.Helper()
	w.await(`select count(*) = 0 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`)
	if left := w.text(keysSQL); left != "0" {
		w.Errorf("%s advisory locks are left", left)
	}
}

const keysSQL = `select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`

// TestClient is no test: it is the program that other tests of this package start, to kill or stop it.
func TestClient(t *testing.T) {
	url := os.Getenv(clientVariable)
	if url == "" {
		t.Skip("it is started by other tests")
	}
	if err := maintain(context.Background(), url, executor.Counts{}); err != nil {
		t.Log(err)
	}
}

// clientVariable holds the database that TestClient works on.
const clientVariable = "PARTSMITH_FAULT_CLIENT"
