package gooseext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	gooselock "github.com/pressly/goose/v3/lock"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// SessionLocker is a session locker for goose. It takes one advisory key, asks again every 100 to 300 ms while another
// session has it, and never waits inside the server. Nothing survives from one acquisition to the next, so one value
// serves any number of sessions, for ever.
type SessionLocker struct {
	locker waiting
	leases sync.Map // *sql.Conn to lock.Lease, from SessionLock to SessionUnlock
}

var _ gooselock.SessionLocker = (*SessionLocker)(nil)

// NewSessionLocker makes a session locker for goose.WithSessionLocker. Without options it takes goose's own key and waits
// for 5 minutes; it excludes goose's own locker, and is excluded by it.
func NewSessionLocker(options ...LockOption) (*SessionLocker, error) {
	var t terms
	for _, o := range options {
		o.applyLock(&t)
	}
	locker, err := t.polling()
	if err != nil {
		return nil, err
	}
	return &SessionLocker{locker: locker}, nil
}

// SessionLock waits until the session holds the key. Its errors: a lock.BusyError that names the holder, when the wait is
// over or ctx ends meanwhile; a lock.PooledError where the connection goes through a transaction pooler; else the
// server's. Where it cannot be known whether the lock was taken, the session is closed for good.
func (l *SessionLocker) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, held := l.leases.Load(conn); held {
		return errors.New("lock session: it holds the lock already")
	}
	lease, err := l.locker.take(ctx, conn)
	if err != nil {
		return fmt.Errorf("lock session: %w", err)
	}
	l.leases.Store(conn, lease)
	if w := windowOf(ctx); w != nil {
		w.conn.Store(conn)
	}
	return nil
}

// SessionUnlock gives the key back, within a few seconds whatever ctx says. A session that turned out not to hold it any more is a
// lock.LostError and stays usable; one that could not be asked is closed for good, also below a pgx pool, since it might
// hold the key still.
func (l *SessionLocker) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	lease, held := l.leases.LoadAndDelete(conn)
	if !held {
		return errors.New("unlock session: it holds no lock")
	}
	if w := windowOf(ctx); w != nil {
		w.conn.CompareAndSwap(conn, nil)
	}
	if err := lease.(lock.Lease).Release(ctx); err != nil {
		return fmt.Errorf("unlock session: %w", err)
	}
	return nil
}
