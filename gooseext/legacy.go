package gooseext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Legacy is for programs that use goose's package functions (goose.SetDialect, goose.UpContext), which take no lock: it
// holds the lock while they work, and maintains the partitions afterwards.
//
// The lock is taken at every run: what is pending, only goose knows.
//
// With UpOnSession and DownOnSession goose works on the one session that holds the lock, and they end together. With Up and
// Down it works on the pool while another connection of it holds the lock: the pool must have at least two, and when the client
// is killed, the lock is free while a statement may still run.
type Legacy struct {
	db     *sql.DB
	plugin plugin.Plugin
	locker waiting
	before memory
}

// NewLegacy makes a Legacy over the database that the package functions are called with. Maintain is filled in as by
// NewProvider. Of the options those about locks have a meaning here.
func NewLegacy(db *sql.DB, maintain plugin.Plugin, options ...Option) (*Legacy, error) {
	s, err := newSettings(options)
	switch {
	case err != nil:
		return nil, err
	case db == nil:
		return nil, errors.New("make legacy runner: no database is given")
	case len(s.goose) > 0 || s.store != nil || s.unlocked:
		return nil, errors.New("make legacy runner: goose's package functions know no options of a provider, and need the lock")
	}
	equipped, locker, err := s.equip(db, maintain)
	if err != nil {
		return nil, err
	}
	return &Legacy{db: db, plugin: equipped, locker: locker}, nil
}

// Up calls migrate, usually goose.UpContext, while the lock is held, and then maintains the partitions. The errors are
// those of Provider.Up. If the lock is lost on the way, the context that migrate was given is cancelled.
func (l *Legacy) Up(ctx context.Context, migrate func(context.Context) error) ([]executor.Result, error) {
	return l.around(ctx, plugin.Up, l.besideLock(migrate))
}

// UpOnSession is Up with migrate, usually goose.UpContext, on a pool that is nothing but the session that holds the lock.
// A migration that wants a second connection at the same time gets an error. The pool is the database's only for as long as migrate runs.
func (l *Legacy) UpOnSession(ctx context.Context, migrate func(ctx context.Context, db *sql.DB) error) ([]executor.Result, error) {
	return l.around(ctx, plugin.Up, l.underLock(migrate))
}

// Down calls migrate, usually goose.DownContext, while the lock is held. Nothing is maintained.
func (l *Legacy) Down(ctx context.Context, migrate func(context.Context) error) error {
	_, err := l.around(ctx, plugin.Down, l.besideLock(migrate))
	return err
}

// DownOnSession is Down with migrate, usually goose.DownContext, on a pool as that of UpOnSession.
func (l *Legacy) DownOnSession(ctx context.Context, migrate func(ctx context.Context, db *sql.DB) error) error {
	_, err := l.around(ctx, plugin.Down, l.underLock(migrate))
	return err
}

func (l *Legacy) around(ctx context.Context, direction plugin.Direction, migrate underLease) ([]executor.Result, error) {
	var failed error
	maintain := &recorder{Plugin: l.plugin}
	run := l.before.run(direction)
	defer l.before.keep(run)
	_, err := plugin.Around(ctx, maintain, run, func(ctx context.Context) plugin.Outcome {
		failed = l.locked(ctx, migrate)
		if errors.Is(failed, goose.ErrNoNextVersion) {
			return plugin.Outcome{}
		}
		return plugin.Outcome{Err: failed}
	})
	if !maintain.called {
		return nil, err
	}
	return maintain.results, together(failed, maintain.failure())
}

// underLease works while a session holds the lock.
type underLease func(ctx context.Context, conn *sql.Conn, lease lock.Lease) error

// locked calls migrate while one session holds the lock.
func (l *Legacy) locked(ctx context.Context, migrate underLease) (err error) {
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect for the lock: %w", err)
	}
	defer func() { _ = conn.Close() }()
	lease, err := l.locker.take(ctx, conn)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() { err = together(err, lease.Release(ctx)) }()
	return migrate(ctx, conn, lease)
}

// besideLock has migrate work on connections of its own, and cancels it when the lock is lost.
func (l *Legacy) besideLock(migrate func(context.Context) error) underLease {
	return func(ctx context.Context, _ *sql.Conn, lease lock.Lease) (err error) {
		if l.db.Stats().MaxOpenConnections == 1 {
			return errOneConnection
		}
		ctx, stop := watched(ctx, lease)
		defer func() { err = together(err, stop()) }()
		return migrate(ctx)
	}
}

// underLock has migrate work on the session that holds the lock.
func (l *Legacy) underLock(migrate func(context.Context, *sql.DB) error) underLease {
	return func(ctx context.Context, conn *sql.Conn, _ lock.Lease) (err error) {
		pool, giveBack, err := lend(conn, l.db.Driver())
		if err != nil {
			return fmt.Errorf("work on the locked session: %w", err)
		}
		defer func() {
			err = together(err, giveBack())
			if open := plugin.LeftOpen(ctx, conn); err == nil {
				err = open
			}
		}()
		return migrate(ctx, pool)
	}
}

// watchPause is how often the lock is looked at. It also keeps the session from looking idle to the server and to what
// stands before it.
const watchPause = time.Second

// watched is a context that ends when the lock is lost; stop ends the watch and tells what was lost.
func watched(ctx context.Context, lease lock.Lease) (_ context.Context, stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done, lost := make(chan struct{}), make(chan error, 1)
	go func() {
		tick := time.NewTicker(watchPause)
		defer tick.Stop()
		for {
			select {
			case <-done:
				lost <- nil
				return
			case <-tick.C:
			}
			if err := alive(ctx, lease); err != nil {
				cancel()
				lost <- fmt.Errorf("the lock was lost while goose worked: %w", err)
				return
			}
		}
	}()
	return ctx, func() error {
		close(done)
		cancel()
		return <-lost
	}
}

// alive asks once, bounded: a server that does not answer any more has let the lock go, or nobody can tell.
func alive(ctx context.Context, lease lock.Lease) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	return lease.Alive(ctx)
}
