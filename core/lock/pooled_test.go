package lock_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// pooler is a connection whose statements reach two server sessions in turn, as through a transaction pooler.
type pooler struct {
	url      string
	sessions []driver.Conn
	turn     int
}

func (p *pooler) Connect(context.Context) (driver.Conn, error) {
	for range 2 {
		c, err := stdlib.GetDefaultDriver().Open(p.url)
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

func (p *pooler) next() driver.Conn {
	p.turn++
	return p.sessions[p.turn%len(p.sessions)]
}

func TestATransactionPoolerIsRefused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	pool := sql.OpenDB(&pooler{url: db.URL})
	t.Cleanup(func() { _ = pool.Close() })
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()

	_, err = lock.Polling{}.Lock(t.Context(), conn)
	var pooled *lock.PooledError
	is.True(errors.As(err, &pooled))
	is.True(pooled.PID != pooled.Other)
	is.True(strings.Contains(err.Error(), "connect to the server directly"))
	is.Equal(db.Text(t, advisory), "0")
}
