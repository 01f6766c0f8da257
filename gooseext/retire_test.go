package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

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

	waiter := &blocker{Locker: lock.Polling{}, t: t, db: db, ended: make(chan error, 1)}
	life := maintain("events")
	life.Executor.Locker, life.Executor.Wait = waiter, patience
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

func (b *blocker) Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (lock.Lease, error) {
	lease, err := b.Locker.Lock(ctx, conn, wait)
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
		return b.db.Text(b.t, "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") == "1"
	})
}
