package lock_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// pooler is a connection whose statements reach two server sessions in turn, as through a transaction pooler.
type pooler struct {
	urls     []string
	sessions []driver.Conn
	turn     int
	still    bool // it does not turn
}

func (p *pooler) Connect(context.Context) (driver.Conn, error) {
	for _, url := range p.urls {
		c, err := stdlib.GetDefaultDriver().Open(url)
		if err != nil {
			return nil, err
		}
		p.sessions = append(p.sessions, c)
	}
	return p, nil
}

func (p *pooler) Driver() driver.Driver                     { return stdlib.GetDefaultDriver() }
func (p *pooler) Prepare(query string) (driver.Stmt, error) { return p.next().Prepare(query) }
func (p *pooler) Begin() (driver.Tx, error)                 { return nil, errors.New("begin: not here") }

func (p *pooler) Close() error {
	var errs []error
	for _, c := range p.sessions {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

func (p *pooler) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return p.next().(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (p *pooler) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return p.next().(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (p *pooler) next() driver.Conn {
	if !p.still {
		p.turn++
	}
	return p.sessions[p.turn%len(p.sessions)]
}

func TestATransactionPoolerIsRefused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	pool := sql.OpenDB(&pooler{urls: []string{db.URL, db.URL}})
	t.Cleanup(func() { _ = pool.Close() })
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()

	_, err = lock.Polling{}.Lock(t.Context(), conn, 0)
	var pooled *lock.PooledError
	is.True(errors.As(err, &pooled))
	is.True(pooled.PID != pooled.Other)
	is.True(strings.Contains(err.Error(), "connect to the server directly"))
	is.Equal(db.Text(t, advisory), "0")
}

// turned takes a lock through a pooler that turns to its other session afterwards.
func turned(t *testing.T, urls ...string) lock.Lease {
	t.Helper()
	p := &pooler{urls: urls, still: true}
	pool := sql.OpenDB(p)
	t.Cleanup(func() { _ = pool.Close() })
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.turn++
	return lease
}

// A server process that keeps our lock, and that we do not reach any more, is ended: else the next deploy waits for ever.
func TestALockOnALostProcessIsReclaimed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	lease := turned(t, db.URL, db.URL)
	is.Equal(db.Text(t, advisory), "1")
	is.True(errors.As(lease.Alive(t.Context()), new(*lock.PooledError)))
	is.True(errors.As(lease.Release(t.Context()), new(*lock.LostError)))
	is.Equal(db.Text(t, advisory), "0")
}

// Where we may not end it, the error says which process it is.
func TestALockOnAForeignProcessIsNamed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	other := db.Server.URLAs(db.Name, db.Role(t, "other"), "")
	lease := turned(t, db.URL, other)
	err := lease.Release(t.Context())
	var pooled *lock.PooledError
	is.True(errors.As(err, &pooled))
	is.Equal(strconv.Itoa(pooled.Left), db.Text(t, "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"))
	is.True(strings.Contains(err.Error(), "select pg_terminate_backend("+strconv.Itoa(pooled.Left)+")"))
}
