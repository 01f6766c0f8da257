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

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
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
	l.Executor.Hooks = []lifecycle.Hook{{
		Before: func(ctx context.Context, _ *sql.Conn, _ lifecycle.Operation) error { return note(ctx, true) },
		After:  func(ctx context.Context, _ lifecycle.Done) { _ = note(ctx, false) },
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
	var lost *lifecycle.LostSessionError
	is.True(errors.As(err, &lost))
	var failed *gooseext.MaintenanceError
	is.True(errors.As(err, &failed))
	is.Equal(failed.Results[0].Done[0].Status, lifecycle.Failed)
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

// A deploy gets the key while another one's retirement waits for a long report, or for a hook.
func TestRetirementLetsDeploysThrough(t *testing.T) {
	t.Parallel()
	for name, obstruct := range map[string]func(*testing.T, *pgtest.Database) (plugin.Lifecycle, func()){
		"behind a report":    behindReport,
		"behind a slow hook": behindHook,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			_, err := provide(t, db.SQL(), three(), plugin.Lifecycle{}).Up(t.Context())
			is.NoErr(err)
			life, free := obstruct(t, db)
			retired := make(chan error)
			go func() {
				_, err := alone(t, separate(t, db), life)
				retired <- err
			}()
			await(t, "creation before retirement", func() bool { return partitions(t, db, "events") == withNew })
			longest := deploys(t, db, 5*time.Second)
			free()
			is.NoErr(<-retired)
			is.Equal(partitions(t, db, "events"), afterwards)
			t.Logf("the longest wait of a deploy for the key: %v", longest.Round(time.Millisecond))
			is.True(longest < 2*time.Second)
		})
	}
}

// deploys applies one new migration after the other, and gives the longest time that one needed.
func deploys(t *testing.T, db *pgtest.Database, during time.Duration) (longest time.Duration) {
	t.Helper()
	pool, migrations := separate(t, db), three()
	for end, n := time.Now().Add(during), 4; time.Now().Before(end); n++ {
		file := fmt.Sprintf("%05d_more.sql", n)
		migrations[file] = folder(file, fmt.Sprintf("create table more_%d ()", n), "select 1")[file]
		began := time.Now()
		results, err := provide(t, pool, migrations, maintain("events")).Up(t.Context())
		if err != nil || len(results) != 1 {
			t.Fatalf("deploy %d: %d results, %v", n, len(results), err)
		}
		longest = max(longest, time.Since(began))
		time.Sleep(50 * time.Millisecond) // no deploy follows the last at once
	}
	return longest
}

// behindReport is a lifecycle that meets a reader of the table.
func behindReport(t *testing.T, db *pgtest.Database) (plugin.Lifecycle, func()) {
	report, err := db.SQL().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := report.ExecContext(t.Context(), "select * from events"); err != nil {
		t.Fatal(err)
	}
	life := maintain("events")
	life.Executor.RetryFor = patience
	return life, func() { _ = report.Rollback() }
}

// behindHook is a lifecycle whose hook archives a partition, as it were, before it is detached.
func behindHook(*testing.T, *pgtest.Database) (plugin.Lifecycle, func()) {
	archived := make(chan struct{})
	life := withHook(maintain("events"), func(ctx context.Context, _ *sql.Conn, op lifecycle.Operation) error {
		if op.Kind != lifecycle.Detach {
			return nil
		}
		select {
		case <-archived:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	life.Executor.MaxTime = -1
	return life, func() { close(archived) }
}

// A migrator that blocks in pg_advisory_lock, as golang-migrate and tern do, holds a snapshot for which FINALIZE waits.
func TestAWaiterInsideTheServerBesideFinalize(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, events)
	db.Exec(t, `create table events__2024_05_15 partition of events for values from ('2024-05-15 00:00:00+00') to ('2024-05-16 00:00:00+00');
		create table events__2024_05_16 partition of events for values from ('2024-05-16 00:00:00+00') to ('2024-05-17 00:00:00+00')`)
	interrupt(t, db)

	waiter := &blocker{Locker: lock.Polling{Wait: patience}, t: t, db: db, ended: make(chan error, 1)}
	life := maintain("events")
	life.Executor.Locker = waiter
	began := time.Now()
	results, err := alone(t, db.SQL(), life)
	took := time.Since(began)
	is.True(took < 15*time.Second)
	is.Equal(results[0].Done[0].Operation.Kind, lifecycle.Finalize)
	t.Logf("beside the waiter: %v, %d attempts: %v; the waiter: %v", took.Round(time.Millisecond), results[0].Done[0].Attempts, err, <-waiter.ended)
	_, err = alone(t, db.SQL(), maintain("events"))
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), afterwards)
	is.Equal(db.Text(t, "select obj_description('events__2024_05_01'::regclass) like '%orphan-parent=public.events%'"), "true")
}

// interrupt leaves a detach of the expired partition pending.
func interrupt(t *testing.T, db *pgtest.Database) {
	t.Helper()
	_, free := behindReport(t, db)
	defer free()
	conn := db.Conn(t)
	if _, err := conn.ExecContext(t.Context(), "set lock_timeout = '50ms'"); err != nil {
		t.Fatal(err)
	}
	_, err := conn.ExecContext(t.Context(), "alter table events detach partition events__2024_05_01 concurrently")
	if err == nil || db.Text(t, "select bool_or(inhdetachpending) from pg_inherits") != "true" {
		t.Fatalf("no detach is pending: %v", err)
	}
}

// blocker has another session wait inside the server as soon as retirement has taken the lock: the second time it is taken.
type blocker struct {
	lock.Locker
	t     *testing.T
	db    *pgtest.Database
	taken int
	ended chan error
}

func (b *blocker) Lock(ctx context.Context, conn *sql.Conn) (lock.Lease, error) {
	lease, err := b.Locker.Lock(ctx, conn)
	if b.taken++; b.taken == 2 {
		b.block()
	}
	return lease, err
}

func (b *blocker) block() {
	go func() {
		conn, err := b.db.SQL().Conn(b.t.Context())
		if err == nil {
			_, err = conn.ExecContext(b.t.Context(), "select pg_advisory_lock(4097083626)")
			_, unlock := conn.ExecContext(b.t.Context(), "select pg_advisory_unlock(4097083626)")
			err = errors.Join(err, unlock, conn.Close())
		}
		b.ended <- err
	}()
	await(b.t, "a waiter inside the server", func() bool {
		return b.db.Text(b.t, "select count(*) from pg_locks where locktype = 'advisory' and not granted") == "1"
	})
}
