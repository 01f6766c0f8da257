package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Eight pods at once, each with a table of its own to maintain, so that only the migrator's key keeps them apart.
func TestEightUpsAtOnce(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table visits (id bigint generated always as identity, pod int, enters bool)")
	applied := make([]int, 8)
	var group sync.WaitGroup
	for pod := range 8 {
		table := fmt.Sprintf("events_%d", pod)
		db.Exec(t, "create table "+table+" (at timestamptz not null) partition by range (at)")
		p := provide(t, separate(t, db), folder("00001_only.sql", "create table made (); select pg_sleep(0.2)", "drop table made"),
			visiting(db, pod, maintain(table)))
		group.Go(func() {
			results, err := p.Up(t.Context())
			if err != nil {
				t.Errorf("pod %d: %v", pod, err)
			}
			applied[pod] = len(results)
		})
	}
	group.Wait()
	sum := 0
	for pod, n := range applied {
		sum += n
		is.Equal(partitions(t, db, fmt.Sprintf("events_%d", pod)), fmt.Sprintf("events_%d__2024_05_15 events_%[1]d__2024_05_16", pod))
	}
	is.Equal(sum, 1)
	is.Equal(db.Text(t, overlaps), "0")
	is.Equal(db.Text(t, "select count(*) from visits"), "32") // two partitions of eight tables, in and out
}

// visiting writes down when a pod begins and ends an operation.
func visiting(db *pgtest.Database, pod int, l plugin.Lifecycle) plugin.Lifecycle {
	note := func(ctx context.Context, enters bool) error {
		_, err := db.SQL().ExecContext(ctx, "insert into visits (pod, enters) values ($1, $2)", pod, enters)
		return err
	}
	l.Executor.Hooks = []executor.Hook{{
		Before: func(ctx context.Context, _ *sql.Conn, _ lifecycle.Operation) error { return note(ctx, true) },
		After:  func(ctx context.Context, _ executor.Done) { _ = note(ctx, false) },
	}}
	return l
}

// overlaps counts the visits that began while another pod had one open.
const overlaps = `select count(*) from visits v where enters and exists (
	select from visits w where w.pod <> v.pod and w.id < v.id group by w.pod having sum(case when w.enters then 1 else -1 end) > 0)`

// separate is a pool of its own, as each pod has.
func separate(t *testing.T, db *pgtest.Database) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", db.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// Whoever waits for a short migration of another pod hears soon that it is over.
func TestStartOfSixPods(t *testing.T) {
	t.Parallel()
	start := func(pods int) time.Duration {
		db := pgtest.New(t)
		migrations := folder("00001_events.sql", events, "drop table events")
		if _, err := provide(t, db.SQL(), migrations, plugin.Lifecycle{}).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		maps.Copy(migrations, folder("00002_next.sql", "create table made (); select pg_sleep(0.5)", "drop table made"))
		began := time.Now()
		var group sync.WaitGroup
		for range pods {
			p := provide(t, separate(t, db), migrations, maintain("events"))
			group.Go(func() {
				if _, err := p.Up(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		return time.Since(began)
	}
	one := start(1)
	six := start(6)
	t.Logf("one pod: %v, six pods: %v", one.Round(time.Millisecond), six.Round(time.Millisecond))
	if six > one*5/2 {
		t.Errorf("one pod takes %v, six take %v: more than 2.5 times", one, six)
	}
}

// tracer counts the statements that mention advisory locks' functions.
type tracer struct{ locks, all atomic.Int64 }

func (tr *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	tr.all.Add(1)
	if strings.Contains(data.SQL, "advisory_lock") {
		tr.locks.Add(1)
	}
	return ctx
}

func (*tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestNothingDueTakesNoLock(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	config, err := pgx.ParseConfig(db.URL)
	is.NoErr(err)
	seen := &tracer{}
	config.Tracer = seen
	traced := stdlib.OpenDB(*config)
	t.Cleanup(func() { _ = traced.Close() })
	p := provide(t, traced, three(), maintain("events"))
	_, err = p.Up(t.Context())
	is.NoErr(err)
	is.True(seen.locks.Load() > 0)

	hold(t, db)
	seen.locks.Store(0)
	seen.all.Store(0)
	began := time.Now()
	report, err := p.Run(t.Context())
	took := time.Since(began)
	is.NoErr(err)
	is.Equal(report.LockWait, time.Duration(0))
	is.Equal(seen.locks.Load(), int64(0))
	t.Logf("a run with nothing to do: %d statements, %v", seen.all.Load(), took.Round(time.Millisecond))
	is.True(took < time.Second)
}

func TestTheLockSessionIsTerminatedInTheMiddle(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	var killed time.Time
	life := withHook(maintain("events"), func(ctx context.Context, conn *sql.Conn, _ lifecycle.Operation) error {
		var pid int
		if err := conn.QueryRowContext(ctx, "select pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		if killed.IsZero() {
			db.Exec(t, "select pg_terminate_backend($1, 5000)", pid)
			killed = time.Now()
		}
		return nil
	})
	pool := separate(t, db)
	results, err := provide(t, pool, three(), life).Up(t.Context())
	is.True(time.Since(killed) < 2*time.Second)
	is.Equal(len(results), 3)
	is.True(errors.Is(err, executor.SessionLost))
	var failed *gooseext.MaintenanceError
	is.True(errors.As(err, &failed))
	is.Equal(failed.Results[0].Done[0].Status, executor.Failed)
	leftNothing(t, db, pool)
}

func TestCancelWhileWaiting(t *testing.T) {
	t.Parallel()
	for name, migrations := range map[string]fstest.MapFS{"for migrations": three(), "for maintenance": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			if migrations == nil {
				db.Exec(t, events)
				migrations = folder("00001_none.sql", "select 1", "select 1")
				_, err := provide(t, db.SQL(), migrations, plugin.Lifecycle{}).Up(t.Context())
				is.NoErr(err)
			}
			release := hold(t, db)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pool := separate(t, db)
			ended := make(chan error)
			go func() { _, err := provide(t, pool, migrations, maintain("events")).Up(ctx); ended <- err }()
			awaitTries(t, db)
			cancel()
			is.True(errors.Is(<-ended, context.Canceled))
			is.Equal(db.Text(t, advisory), "1") // the holder's
			release()
			leftNothing(t, db, pool)
		})
	}
}

func TestCancelWhileWorking(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	life := withHook(maintain("events"), func(context.Context, *sql.Conn, lifecycle.Operation) error { cancel(); return nil })
	pool := separate(t, db)
	results, err := provide(t, pool, three(), life).Up(ctx)
	is.True(errors.Is(err, context.Canceled))
	is.Equal(len(results), 3)
	leftNothing(t, db, pool)
	results, err = provide(t, pool, three(), maintain("events")).Up(t.Context())
	is.NoErr(err)
	is.Equal(len(results), 0)
	is.Equal(partitions(t, db, "events"), afterwards)
}
