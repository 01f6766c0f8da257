package plugin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// Direction is where a run of a migrator goes.
type Direction int

// The directions.
const (
	Up   Direction = iota // apply migrations
	Down                  // take migrations back
)

// String is up or down.
func (d Direction) String() string {
	if d == Down {
		return "down"
	}
	return "up"
}

// Run is what a plug-in is told about a run of a migrator.
type Run struct {
	Migrator  string // goose, atlas, the name of a command, ...
	Direction Direction
	// Conn is the session to work on; it is left open. Nil: the plug-in takes one of its own.
	Conn *sql.Conn
	// Held is the migrator's lock, where Conn, which is then given, holds it while Before and After are called; it is left locked. Nil: the migrator
	// keeps its lock to itself and has released it before After.
	Held lock.Lease
	// Settings are those that the migrator's sessions had before it ran: maintenance works under these, and not under what
	// migrations leave behind on a session (search_path, role, timeouts). Around carries them from Before, where a Lifecycle
	// fills them in if they are zero, to After. Nil or zero in After: the sessions are worked on as they come.
	Settings *session.Settings
}

// Outcome is what a migrator did.
type Outcome struct {
	Err     error // why it stopped, nil where all went well. Nothing to do is no error.
	Applied int   // migrations that were applied or taken back, also before it failed
}

// Plugin is called around every run of a migrator.
type Plugin interface {
	// Before may veto: after an error the migrator does not run, and After is not called.
	Before(ctx context.Context, run Run) error
	// After is called once after every Before that did not veto, however the migrator ended. Its results are valid also
	// beside an error. On cancel, ctx has ended.
	After(ctx context.Context, run Run, outcome Outcome) ([]executor.Result, error)
}

// VetoError says that a plug-in kept the migrator from running. Nothing was done.
type VetoError struct {
	Migrator string
	Cause    error
}

func (e *VetoError) Error() string {
	return fmt.Sprintf("run %s: not started: %s", e.Migrator, e.Cause)
}

// Unwrap gives the cause.
func (e *VetoError) Unwrap() error { return e.Cause }

// ErrPanicked is the outcome of a migrator that panicked, or that ended its goroutine, instead of returning.
var ErrPanicked = errors.New("the migrator panicked")

// Around runs a migrator with a plug-in around it: Before, migrate, After.
//
// A veto of Before is a VetoError, and neither migrate nor After is called. Otherwise After is called, also when migrate
// failed, was cancelled or panicked; a panic then goes on as it came. The errors of both are joined, the migrator's own
// first. What migrate itself gives beside its Outcome it keeps in its own variables. Where the run holds a session, a
// transaction that migrate left open on it is rolled back before After; left by a migrate that went well, it is ErrLeftOpen.
func Around(ctx context.Context, p Plugin, run Run, migrate func(context.Context) Outcome) (results []executor.Result, err error) {
	if run.Settings == nil {
		run.Settings = new(session.Settings)
	}
	if err := p.Before(ctx, run); err != nil {
		return nil, &VetoError{run.Migrator, err}
	}
	outcome := Outcome{Err: ErrPanicked} // unless it returns
	defer func() {
		outcome.Err = settled(ctx, run, outcome.Err)
		var after error
		results, after = p.After(ctx, run, outcome)
		err = errors.Join(outcome.Err, after)
	}()
	outcome = migrate(ctx)
	return nil, nil
}

// settled leaves the session that holds the lock outside of any transaction, and gives the error of the migrator: a failed one
// had no business to commit.
func settled(ctx context.Context, run Run, err error) error {
	if run.Held == nil || run.Conn == nil {
		return err
	}
	if open := LeftOpen(ctx, run.Conn); err == nil {
		return open
	}
	return err
}
