package gooseext

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/plugin"
)

// OnSession is a Go migration outside any transaction, on the one session that holds the lock.
//
// Goose gives its own kind, RunDB, the pool (v3.29), so that what it sends runs on another session than the lock: when the
// client is killed, the lock is free while the statement still runs, and the next client runs it again beside the first. Here
// they end together. It works under a Provider whose goose takes its lock by this package: NewProvider, or Wrap around one
// made with NewSessionLocker. Else it gets a session of the pool.
//
// The migration leaves no transaction open and no setting changed; a transaction left open is rolled back, and is
// plugin.ErrLeftOpen. Its version row is written afterwards, by another statement on another connection, so it should bear to
// be run twice, and the pool must have at least two.
func OnSession(source string, up, down func(ctx context.Context, conn *sql.Conn) error) (*goose.Migration, error) {
	if up == nil || down == nil {
		return nil, fmt.Errorf("make migration %s: both directions are needed", source)
	}
	return named(source, &goose.GoFunc{RunDB: lent(up)}, &goose.GoFunc{RunDB: lent(down)})
}

// lent calls work with the session that goose has locked.
func lent(work func(context.Context, *sql.Conn) error) func(context.Context, *sql.DB) error {
	return func(ctx context.Context, db *sql.DB) (err error) {
		conn := lockedSession(ctx)
		if conn == nil {
			if conn, err = db.Conn(ctx); err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
		}
		defer func() { // also after a panic, which goose turns into an error
			if open := plugin.LeftOpen(ctx, conn); err == nil {
				err = open
			}
		}()
		return work(ctx, conn)
	}
}

// A migration hears which session goose has locked through its context: goose hands the caller's context to its locker and to
// its migrations alike, and never says more to the latter.

type windowKey struct{}

// window is the time in which goose works; it holds the session that is locked meanwhile.
type window struct{ conn atomic.Pointer[sql.Conn] }

func withWindow(ctx context.Context) context.Context {
	return context.WithValue(ctx, windowKey{}, new(window))
}

// windowOf is nil outside of a Provider.
func windowOf(ctx context.Context) *window {
	w, _ := ctx.Value(windowKey{}).(*window)
	return w
}

func lockedSession(ctx context.Context) *sql.Conn {
	if w := windowOf(ctx); w != nil {
		return w.conn.Load()
	}
	return nil
}
