package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"
	gooselock "github.com/pressly/goose/v3/lock"
	"github.com/pressly/goose/v3/lock/locktesting"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func newLocker(t *testing.T, options ...gooseext.LockOption) *gooseext.SessionLocker {
	t.Helper()
	locker, err := gooseext.NewSessionLocker(options...)
	if err != nil {
		t.Fatal(err)
	}
	return locker
}

// slow are migrations that last long enough for others to come.
func slow() fstest.MapFS {
	return folder(
		"00001_a.sql", "create table a (); select pg_sleep(0.2)", "drop table a",
		"00002_b.sql", "create table b (); select pg_sleep(0.2)", "drop table b",
		"00003_c.sql", "create table c (); select pg_sleep(0.2)", "drop table c")
}

// ready makes goose's version table beforehand. Where several make it at once, all but one pause for a second, and no longer
// meet each other.
func ready(t *testing.T, p *goose.Provider) *goose.Provider {
	t.Helper()
	if _, err := p.HasPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGoosesOwnSuiteWithOurLocker(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	locktesting.TestProviderLocking(t, func(t *testing.T) *goose.Provider {
		p, err := goose.NewProvider(goose.DialectPostgres, db.SQL(), slow(), goose.WithSessionLocker(newLocker(t)), goose.WithLogger(goose.NopLogger()))
		if err != nil {
			t.Fatal(err)
		}
		return ready(t, p)
	})
}

func TestGoosesOwnSuiteWithOurProvider(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	locktesting.TestProviderLocking(t, func(t *testing.T) *goose.Provider {
		return ready(t, provide(t, db.SQL(), slow(), maintain()).Unwrap())
	})
}

// The control of the suites: without a locker providers run into each other, so that one of them fails or all of them work.
func TestWithoutALockProvidersCollide(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	start, failures := make(chan struct{}), make(chan error, 5)
	for range 5 {
		p := provide(t, db.SQL(), slow(), maintain(), gooseext.WithoutLock())
		ready(t, p.Unwrap())
		go func() {
			<-start
			_, err := p.Up(t.Context())
			failures <- err
		}()
	}
	close(start)
	failed := 0
	for range 5 {
		if <-failures != nil {
			failed++
		}
	}
	if failed == 0 {
		t.Error("five providers without a lock did not disturb each other")
	}
}

// onPool makes a locker on a pool of a session locker, as goose's suite wants it.
type onPool struct {
	inner gooselock.SessionLocker
	conn  *sql.Conn
}

func (p *onPool) Lock(ctx context.Context, db *sql.DB) (err error) {
	if p.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	if err = p.inner.SessionLock(ctx, p.conn); err != nil {
		_ = p.conn.Close()
	}
	return err
}

func (p *onPool) Unlock(ctx context.Context, _ *sql.DB) error {
	defer func() { _ = p.conn.Close() }()
	return p.inner.SessionUnlock(ctx, p.conn)
}

func TestGoosesSuiteOfConcurrentLocking(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	one := newLocker(t) // one value for all of them
	locktesting.TestConcurrentLocking(t, db.SQL(), func(*testing.T) gooselock.Locker { return &onPool{inner: one} }, time.Second)
}

// Goose's own locker spends its tries for life; ours has none to spend.
func TestALockerUsedAThousandTimesStillWaits(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	release := hold(t, db)
	locker := newLocker(t)
	var group sync.WaitGroup
	for range 10 {
		conn := db.Conn(t)
		group.Go(func() {
			for range 100 {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
				if locker.SessionLock(ctx, conn) == nil {
					t.Error("the lock was had although another session has it")
				}
				cancel()
				if conn.PingContext(t.Context()) != nil { // cut off in the middle of a try, and so closed for good
					conn = db.Conn(t)
				}
			}
		})
	}
	group.Wait()
	got := make(chan error)
	conn := db.Conn(t)
	go func() { got <- locker.SessionLock(t.Context(), conn) }()
	awaitTries(t, db)
	select {
	case err := <-got:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(400 * time.Millisecond): // more than the longest pause
	}
	release()
	is.NoErr(<-got)
	is.NoErr(locker.SessionUnlock(t.Context(), conn))
	is.Equal(db.Text(t, advisory), "0")
}

func TestOurKeyExcludesGoosesLockerAndTheReverse(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	theirs := func() gooselock.SessionLocker {
		l, err := gooselock.NewPostgresSessionLocker(gooselock.WithLockTimeout(1, 1), gooselock.WithUnlockTimeout(1, 1))
		is.NoErr(err)
		return l
	}
	ours := newLocker(t, gooseext.WithWait(0))
	first, second := db.Conn(t), db.Conn(t)

	is.NoErr(ours.SessionLock(t.Context(), first))
	is.True(theirs().SessionLock(t.Context(), second) != nil)
	is.NoErr(ours.SessionUnlock(t.Context(), first))

	l := theirs()
	is.NoErr(l.SessionLock(t.Context(), second))
	is.True(ours.SessionLock(t.Context(), first) != nil)
	is.NoErr(l.SessionUnlock(t.Context(), second))
	is.NoErr(ours.SessionLock(t.Context(), first))
}

func TestABusyLockNamesItsHolder(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	_, err := first.ExecContext(t.Context(), "set application_name to 'release 41'")
	is.NoErr(err)
	locker := newLocker(t, gooseext.WithLockID(-7), gooseext.WithWait(300*time.Millisecond))
	is.NoErr(locker.SessionLock(t.Context(), first))
	err = locker.SessionLock(t.Context(), second)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.Equal(busy.Holder.Application, "release 41")
	is.True(busy.Waited >= 300*time.Millisecond)
	is.Equal(busy.Key, lock.Key(-7))
	is.True(strings.HasPrefix(err.Error(), "lock session: advisory lock -7 is held by pid "))

	is.True(locker.SessionUnlock(t.Context(), second) != nil)    // it holds nothing
	is.True(locker.SessionLock(t.Context(), first) != nil)       // twice would need two unlocks
	is.NoErr(newLocker(t).SessionLock(t.Context(), second))      // another key
	is.NoErr(locker.SessionUnlock(canceled(t.Context()), first)) // whatever the context says
}

func canceled(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func TestDatabasesOfOneClusterDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	is, here, there := is.New(t), pgtest.New(t), pgtest.New(t)
	hold(t, here)
	_, err := provide(t, there.SQL(), three(), maintain("events"), gooseext.WithWait(0)).Up(t.Context())
	is.NoErr(err)
}

// A session whose unlock could not be asked for is thrown away, below a pgx pool too; one that lost the lock stays.
func TestWhatBecomesOfASessionAfterAFailedUnlock(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	pool := abovePool(t, db, 1)
	pid := func(conn *sql.Conn) (pid int) {
		is.NoErr(conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
		return pid
	}
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	locker := newLocker(t)
	is.NoErr(locker.SessionLock(t.Context(), conn))
	_, err = conn.ExecContext(t.Context(), "select pg_advisory_unlock_all()")
	is.NoErr(err)
	var lost *lock.LostError
	is.True(errors.As(locker.SessionUnlock(t.Context(), conn), &lost))
	before := pid(conn) // it stays usable

	is.NoErr(locker.SessionLock(t.Context(), conn))
	_, err = conn.ExecContext(t.Context(), "begin")
	is.NoErr(err)
	_, err = conn.ExecContext(t.Context(), "select 1/0")
	is.True(err != nil)
	is.True(locker.SessionUnlock(t.Context(), conn) != nil) // 25P02: the transaction is aborted
	_ = conn.Close()
	conn, err = pool.Conn(t.Context())
	is.NoErr(err)
	is.True(pid(conn) != before)
	is.NoErr(conn.Close())
	leftNothing(t, db, pool)
}
