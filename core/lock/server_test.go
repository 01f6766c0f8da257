package lock_test

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// advisory counts the advisory locks of the database.
const advisory = `select count(*) from pg_locks where locktype = 'advisory'
and database = (select oid from pg_database where datname = current_database())`

func pid(t *testing.T, conn *sql.Conn) (pid int) {
	t.Helper()
	if err := conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

func parse(t *testing.T, text string) lock.Scheme {
	t.Helper()
	scheme, err := lock.ParseScheme(text)
	if err != nil {
		t.Fatal(err)
	}
	return scheme
}

func TestOneSessionExcludesAnother(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	_, err := first.ExecContext(t.Context(), "set application_name to 'first deploy'")
	is.NoErr(err)

	lease, err := lock.Polling{}.Lock(t.Context(), first, 0)
	is.NoErr(err)
	is.NoErr(lease.Alive(t.Context()))

	_, err = lock.Polling{}.Lock(t.Context(), second, 0)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.Equal(busy.Key, lock.Goose)
	is.Equal(busy.Holder.PID, pid(t, first))
	is.Equal(busy.Holder.Application, "first deploy")
	is.Equal(busy.Holder.State, "idle")
	is.True(strings.Contains(err.Error(), "advisory lock 4097083626 is held by pid "))

	is.NoErr(lease.Release(t.Context()))
	lease, err = lock.Polling{}.Lock(t.Context(), second, 0)
	is.NoErr(err)
	is.NoErr(lease.Release(t.Context()))
	is.Equal(db.Text(t, advisory), "0")
}

func TestAWaiterGetsTheLockWhenItIsReleased(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	lease, err := lock.Polling{}.Lock(t.Context(), first, 0)
	is.NoErr(err)

	asked := make(chan struct{}, 1000)
	random := func() float64 { asked <- struct{}{}; return 0 }
	got := make(chan error, 1)
	go func() {
		_, err := lock.Polling{Random: random}.Lock(t.Context(), second, time.Minute)
		got <- err
	}()
	<-asked // it has tried and begins to wait
	is.NoErr(lease.Release(t.Context()))
	is.NoErr(<-got)
}

func TestAWaitIsBounded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	_, err := lock.Polling{}.Lock(t.Context(), first, 0)
	is.NoErr(err)
	_, err = lock.Polling{}.Lock(t.Context(), second, 250*time.Millisecond)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.True(busy.Waited >= 250*time.Millisecond)
	is.Equal(busy.Cause, nil)
}

func TestCancelWhileWaitingLeavesNoLock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	scheme := parse(t, "golang-migrate")
	keys := scheme.Keys(lock.Place{Database: db.Name, Schema: "public"})
	_, err := lock.Polling{Scheme: parse(t, "id:"+number(keys[1]))}.Lock(t.Context(), first, 0)
	is.NoErr(err)

	ctx, cancel := context.WithCancel(t.Context())
	random := func() float64 { cancel(); return 0 } // cancelled at the beginning of the first pause
	_, err = lock.Polling{Scheme: scheme, Random: random}.Lock(ctx, second, time.Minute)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.True(errors.Is(err, context.Canceled))
	is.Equal(busy.Key, keys[1])
	is.Equal(busy.Holder.PID, pid(t, first))
	is.Equal(db.Text(t, advisory), "1") // the other's; the smaller key was given back
	is.True(pid(t, second) > 0)         // the session lives
}

func TestAKilledHolderLetsTheNextIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	lease, err := lock.Polling{}.Lock(t.Context(), first, 0)
	is.NoErr(err)
	db.Exec(t, "select pg_terminate_backend($1, 5000)", pid(t, first))

	_, err = lock.Polling{}.Lock(t.Context(), second, 10*time.Second)
	is.NoErr(err)
	is.True(lease.Alive(t.Context()) != nil)
	is.True(lease.Release(t.Context()) != nil) // the unlock failed
	is.True(first.PingContext(t.Context()) != nil)
	is.Equal(db.Text(t, advisory), "1") // the second's
}

func TestALockThatWasUnlockedByOthersIsLost(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	conn := db.Conn(t)
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	_, err = conn.ExecContext(t.Context(), "select pg_advisory_unlock_all()")
	is.NoErr(err)
	var lost *lock.LostError
	is.True(errors.As(lease.Alive(t.Context()), &lost))
	is.True(errors.As(lease.Release(t.Context()), &lost))
	is.NoErr(conn.PingContext(t.Context())) // the session stays
}

func TestReleaseWorksAfterCancel(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	lease, err := lock.Polling{}.Lock(ctx, db.Conn(t), 0)
	is.NoErr(err)
	cancel()
	is.NoErr(lease.Release(ctx))
	is.Equal(db.Text(t, advisory), "0")
}

func TestDatabasesDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	here, there := pgtest.New(t), pgtest.New(t)
	_, err := lock.Polling{}.Lock(t.Context(), here.Conn(t), 0)
	is.NoErr(err)
	conn := there.Conn(t)
	holder, err := lock.FindHolder(t.Context(), conn, lock.Goose)
	is.NoErr(err)
	is.Equal(holder, nil)
	_, err = lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
}

func TestEveryFormOfKeyIsFoundInPgLocks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	conn := db.Conn(t)
	for _, text := range []string{"goose-3.25", "id:-1", "id:-9223372036854775808", "id:9223372036854775807", "id:0", "pg-partsmith", "none"} {
		lease, err := parse(t, text).Locker("public.events", "public.clicks").Lock(t.Context(), conn, 0)
		is.NoErr(err)
		is.NoErr(lease.Alive(t.Context()))
		is.NoErr(lease.Release(t.Context()))
	}
	is.Equal(db.Text(t, advisory), "0")
}

func TestATableKeyIsTriedOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	first, second := db.Conn(t), db.Conn(t)
	const oid = 3000000000 // above 2^31: an OID has no sign, an int4 does
	lease, err := lock.TryTable(t.Context(), first, oid)
	is.NoErr(err)
	is.NoErr(lease.Alive(t.Context()))
	_, err = lock.TryTable(t.Context(), second, oid)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.Equal(busy.Table, uint32(oid))
	is.Equal(busy.Holder.PID, pid(t, first))
	_, err = lock.TryTable(t.Context(), second, oid+1)
	is.NoErr(err)
	is.NoErr(lease.Release(t.Context()))
	_, err = lock.TryTable(t.Context(), second, oid)
	is.NoErr(err)
}

// A session whose unlock failed must not come back out of a pgx pool, whatever database/sql believes.
func TestASessionAboveAPgxPoolIsDiscarded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	config, err := pgxpool.ParseConfig(db.URL)
	is.NoErr(err)
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	is.NoErr(err)
	t.Cleanup(pool.Close)
	above := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = above.Close() })

	conn, err := above.Conn(t.Context())
	is.NoErr(err)
	_, err = lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	before := pid(t, conn)
	is.NoErr(lock.Discard(t.Context(), conn))
	_ = conn.Close()

	next, err := above.Conn(t.Context())
	is.NoErr(err)
	defer next.Close()
	is.True(pid(t, next) != before)
	_, err = lock.Polling{}.Lock(t.Context(), next, 10*time.Second)
	is.NoErr(err) // the lock of the discarded session is gone
}

// number writes a key in decimal.
func number(key lock.Key) string { return strconv.FormatInt(int64(key), 10) }

// A migration may leave a limit behind that hardly any statement keeps. The lock is given back all the same.
func TestReleaseUnderAShortLimit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	conn := db.Conn(t)
	for range 20 {
		lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
		is.NoErr(err)
		_, err = conn.ExecContext(t.Context(), "set statement_timeout = '1ms'")
		is.NoErr(err)
		is.NoErr(lease.Release(t.Context()))
		is.Equal(db.Text(t, advisory), "0")
		for err = errors.New("not yet"); err != nil && t.Context().Err() == nil; {
			_, err = conn.ExecContext(t.Context(), "set statement_timeout = 0")
		}
	}
}
