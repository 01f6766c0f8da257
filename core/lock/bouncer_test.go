package lock_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// protocols are the ways in which pgx sends a statement, as its connection strings name them.
var protocols = []string{"cache_statement", "exec", "simple_protocol"}

// through opens a pool of connections through a pooler.
func through(t *testing.T, b *pgtest.Bouncer, protocol string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", b.URL+"&default_query_exec_mode="+protocol)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// traffic is others at work through the pooler, in many short transactions, until the test ends.
func traffic(t *testing.T, b *pgtest.Bouncer, clients int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait() })
	for range clients {
		pool := through(t, b, "simple_protocol")
		conn, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer conn.Close()
			for ctx.Err() == nil {
				_, _ = conn.ExecContext(ctx, "select pg_sleep(random() * 0.002)")
			}
		})
	}
}

// A transaction pooler is refused before anything is locked, whether others use it or nobody does.
func TestATransactionPoolerIsRefusedBeforeAnythingIsLocked(t *testing.T) {
	t.Parallel()
	for _, load := range []string{"idle", "busy"} {
		for _, more := range []string{"", "server_round_robin = 1", "server_reset_query_always = 1"} {
			for _, protocol := range protocols {
				t.Run(load+" "+more+" "+protocol, func(t *testing.T) {
					t.Parallel()
					is := is.New(t)
					db := pgtest.New(t)
					b := db.Bounce(t, "transaction", 4, more)
					if load == "busy" {
						traffic(t, b, 6)
					}
					for range 3 {
						conn, err := through(t, b, protocol).Conn(t.Context())
						is.NoErr(err)
						defer conn.Close()
						_, err = lock.Polling{}.Lock(t.Context(), conn, 0)
						var pooled *lock.PooledError
						is.True(errors.As(err, &pooled))
						is.Equal(pooled.Left, 0)
						_, err = lock.TryTable(t.Context(), conn, 4711)
						is.True(errors.As(err, &pooled) || errors.Is(err, sql.ErrConnDone)) // a try that was cut off closes the session
					}
					is.Equal(db.Text(t, advisory), "0")
				})
			}
		}
	}
}

// Session pooling keeps a server process for each connection, so it is as good as a connection of one's own.
func TestASessionPoolerIsTaken(t *testing.T) {
	t.Parallel()
	for _, load := range []string{"idle", "busy"} {
		for _, protocol := range protocols {
			t.Run(load+" "+protocol, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				db := pgtest.New(t)
				b := db.Bounce(t, "session", 10)
				if load == "busy" {
					traffic(t, b, 6)
				}
				pool := through(t, b, protocol)
				for range 3 {
					conn, err := pool.Conn(t.Context())
					is.NoErr(err)
					lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
					is.NoErr(err)
					is.NoErr(lease.Alive(t.Context()))
					is.NoErr(lease.Release(t.Context()))
					is.NoErr(conn.Close())
				}
				is.Equal(db.Text(t, advisory), "0")
			})
		}
	}
}

// Where no second connection can be had, because the only server connection is ours, that is no sign of anything.
func TestAFullSessionPoolerIsTaken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	conn, err := through(t, db.Bounce(t, "session", 1), "exec").Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	is.NoErr(lease.Release(t.Context()))
}

// What was found out is remembered with the connection: on one of its own the first question is the last.
func TestAConnectionIsCheckedOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	conn := pgtest.New(t).Conn(t)
	is.NoErr(conn.Raw(func(driver any) error {
		c := driver.(*stdlib.Conn).Conn()
		is.NoErr(lock.CheckSession(t.Context(), c))
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		return lock.CheckSession(ended, c) // nothing is sent, so a context that has ended is no matter
	}))
}
