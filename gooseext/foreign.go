package gooseext

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	gooselock "github.com/pressly/goose/v3/lock"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// releaseTime bounds an unlock: goose hands in a context without any end.
const releaseTime = 5 * time.Second

// sessionLocked is a session locker of goose's kind as one of ours. Its patience is its own.
type sessionLocked struct{ inner gooselock.SessionLocker }

func (s sessionLocked) Lock(ctx context.Context, conn *sql.Conn, _ time.Duration) (lock.Lease, error) {
	err := s.inner.SessionLock(ctx, conn)
	if err == nil {
		return sessionLease{s.inner, conn}, nil
	}
	if gaveUp(ctx, err) {
		return nil, busyError{err}
	}
	// The answer to a try may be lost on the way, and the lock taken.
	return nil, errors.Join(err, lock.Discard(context.WithoutCancel(ctx), conn))
}

type sessionLease struct {
	inner gooselock.SessionLocker
	conn  *sql.Conn
}

// Alive is nil while the session lives: a lock of the session lives with it.
func (l sessionLease) Alive(ctx context.Context) error { return l.conn.PingContext(ctx) }

func (l sessionLease) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	err := l.inner.SessionUnlock(ctx, l.conn)
	if err == nil {
		return nil
	}
	return errors.Join(err, lock.Discard(context.WithoutCancel(ctx), l.conn))
}

// tableLocked is a locker of goose's kind that works on the pool.
type tableLocked struct {
	inner gooselock.Locker
	db    *sql.DB
}

// errOneConnection is said before goose would hang.
var errOneConnection = errors.New("this locker uses a connection of its own beside the one that works, " +
	"and the pool may open only one: raise SetMaxOpenConns, or use a session locker")

func (l tableLocked) Lock(ctx context.Context, _ *sql.Conn, _ time.Duration) (lock.Lease, error) {
	if l.db.Stats().MaxOpenConnections == 1 {
		return nil, errOneConnection
	}
	err := l.inner.Lock(ctx, l.db)
	if err == nil {
		return tableLease(l), nil
	}
	if gaveUp(ctx, err) {
		return nil, busyError{err}
	}
	return nil, err
}

type tableLease tableLocked

// Alive is nil: the locker keeps its lease alive by itself, and tells nobody.
func (tableLease) Alive(context.Context) error { return nil }

func (l tableLease) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	return l.inner.Unlock(ctx, l.db)
}

// gaveUp reports whether a locker found its lock taken. Goose's lockers say so in words alone (v3.29), so it is whatever
// neither the server, nor the connection, nor the end of ctx brought about.
func gaveUp(ctx context.Context, err error) bool {
	return ctx.Err() == nil && sqlstate.Of(err) == "" && !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, sql.ErrConnDone)
}

// busyError is a lock.BusyError in the words of another locker.
type busyError struct{ cause error }

func (e busyError) Error() string { return "another session has the lock: " + e.cause.Error() }

// Unwrap gives the cause, and what callers of ours look for.
func (e busyError) Unwrap() []error { return []error{e.cause, &lock.BusyError{Cause: e.cause}} }
