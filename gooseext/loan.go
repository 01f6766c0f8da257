package gooseext

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"
)

// errOneSession is said where database/sql would open a second connection.
var errOneSession = errors.New("goose works on the one session that holds the lock, and a migration asked for another beside it " +
	"(or that session was lost): close rows and transactions before the next statement")

// lend makes a pool of one session out of a session, for what knows nothing but pools. Until giveBack the session itself must
// not be used; afterwards the pool cannot be.
func lend(conn *sql.Conn, kind driver.Driver) (pool *sql.DB, giveBack func() error, err error) {
	lent, over, ended := make(chan driver.Conn, 1), make(chan struct{}), make(chan error, 1)
	go func() { // a driver's connection may be used as long as Raw's function runs, and no longer
		ended <- conn.Raw(func(dc any) error {
			lent <- dc.(driver.Conn) // what Raw gives always is one
			<-over
			return nil
		})
	}()
	select {
	case err := <-ended:
		return nil, nil, err
	case dc := <-lent:
		pool = sql.OpenDB(&lender{conn: dc, kind: kind})
	}
	return pool, func() error {
		err := pool.Close()
		close(over)
		return errors.Join(err, <-ended)
	}, nil
}

// lender is the connector of a pool that has one connection to give, once.
type lender struct {
	conn driver.Conn
	kind driver.Driver
	gone atomic.Bool
}

func (l *lender) Connect(context.Context) (driver.Conn, error) {
	if l.gone.Swap(true) {
		return nil, errOneSession
	}
	return loan{l.conn}, nil
}

func (l *lender) Driver() driver.Driver { return l.kind }

// loan is a driver's connection that is not closed with the pool. What the driver cannot do is left to database/sql.
type loan struct{ inner driver.Conn }

var (
	_ driver.ExecerContext      = loan{}
	_ driver.QueryerContext     = loan{}
	_ driver.ConnBeginTx        = loan{}
	_ driver.ConnPrepareContext = loan{}
	_ driver.NamedValueChecker  = loan{}
	_ driver.Pinger             = loan{}
	_ driver.SessionResetter    = loan{}
	_ driver.Validator          = loan{}
)

func (loan) Close() error { return nil }

func (l loan) Prepare(query string) (driver.Stmt, error) { return l.inner.Prepare(query) }

func (l loan) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if able, ok := l.inner.(driver.ConnPrepareContext); ok {
		return able.PrepareContext(ctx, query)
	}
	return l.inner.Prepare(query)
}

func (l loan) Begin() (driver.Tx, error) {
	return l.BeginTx(context.Background(), driver.TxOptions{})
}

func (l loan) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if able, ok := l.inner.(driver.ConnBeginTx); ok {
		return able.BeginTx(ctx, options)
	}
	return nil, errors.New("begin transaction: the driver is older than Go 1.8")
}

func (l loan) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if able, ok := l.inner.(driver.ExecerContext); ok {
		return able.ExecContext(ctx, query, args)
	}
	return nil, driver.ErrSkip
}

func (l loan) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if able, ok := l.inner.(driver.QueryerContext); ok {
		return able.QueryContext(ctx, query, args)
	}
	return nil, driver.ErrSkip
}

func (l loan) CheckNamedValue(value *driver.NamedValue) error {
	if able, ok := l.inner.(driver.NamedValueChecker); ok {
		return able.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

func (l loan) Ping(ctx context.Context) error {
	if able, ok := l.inner.(driver.Pinger); ok {
		return able.Ping(ctx)
	}
	return nil
}

func (l loan) ResetSession(ctx context.Context) error {
	if able, ok := l.inner.(driver.SessionResetter); ok {
		return able.ResetSession(ctx)
	}
	return nil
}

func (l loan) IsValid() bool {
	able, ok := l.inner.(driver.Validator)
	return !ok || able.IsValid()
}
