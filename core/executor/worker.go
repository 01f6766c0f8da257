package executor

import (
	"context"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// worker is a session that works in a run, and what it has of the locks.
type worker struct {
	*session.Session
	held   lock.Lease // the migrator's lock, during creation; nil: it is taken for each step
	since  time.Time  // since when the migrator's lock was not left alone, zero: not taken yet
	beside *worker    // the leading one, under whose locks this one works; nil: it works under its own
}

// ErrInTransaction says that the session was given with a transaction open. DDL in it would keep its locks until somebody
// else's COMMIT.
var ErrInTransaction = session.ErrInTransaction

// lost is what ended the session, nil while it lives.
func (w *worker) lost() error {
	if lost := w.Lost(); lost != nil {
		return named(lost)
	}
	return nil
}

// lose notes that the session ended, and gives the error that says so.
func (w *worker) lose(ctx context.Context, err error) error { return named(w.Lose(ctx, err)) }

// check finds out whether the session outlived an error, and gives the error that says so.
func (w *worker) check(ctx context.Context, err error) error { return named(w.Check(ctx, err)) }

// named gives the end of a session the reason that programs look for.
func named(err error) error {
	if lost, ok := err.(*session.LostError); ok {
		return &OperationError{SQLState: sqlstate.Of(lost.Cause), Reason: SessionLost, Cause: lost.Cause}
	}
	return err
}

// outside sends the statements of a step that stands outside any transaction. run is what the last one, which may wait, is run by.
func (w *worker) outside(ctx context.Context, step lifecycle.Step, l lifecycle.Limits, run func(func() error) error) error {
	return w.Under(ctx, step.Settings(l), step.Role, func() (err error) {
		all := step.All()
		for i, statement := range all {
			send := func() error { _, err := w.Conn().ExecContext(ctx, statement.SQL); return err }
			if i == len(all)-1 {
				return run(send)
			}
			if err = send(); err != nil {
				return err
			}
		}
		return nil
	})
}

// release gives locks back. On a lost session there are none any more.
func (w *worker) release(ctx context.Context, r *run, leases ...lock.Lease) {
	if w.Lost() != nil {
		return
	}
	if err := lock.Release(ctx, leases...); err != nil {
		r.Log.WarnContext(ctx, "release lock", "error", err)
		_ = w.check(ctx, err)
	}
}

// further opens a session beside the leading one, has it used, and gives it back.
func (r *run) further(ctx, opening context.Context, beside *worker, use func(context.Context, *worker)) {
	conn, err := r.Sessions.Conn(opening)
	if err != nil {
		if opening.Err() == nil {
			r.Log.WarnContext(ctx, "open further session", "error", err)
		}
		return
	}
	defer conn.Close()
	w := &worker{Session: session.On(conn), beside: beside}
	err = w.Begin(ctx, r.Settings)
	defer w.End(ctx)
	if err == nil {
		err = w.Prepare(ctx, r.version)
	}
	if err != nil {
		r.Log.WarnContext(ctx, "prepare further session", "error", err)
		return
	}
	use(ctx, w)
}
