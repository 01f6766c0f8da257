package plugin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// Lifecycle is the plug-in that makes time pass: after a run of a migrator it creates the partitions that the next days
// need and retires what has expired.
//
// After a successful run upwards it does both, also when the migrator had nothing to apply. After a failed one it only
// creates, for a missing partition breaks inserts while retirement can wait. After a run downwards it does nothing.
//
// It reads first, without any lock, and stops there if nothing is due. Else it takes the migrator's lock on the same one
// connection, plans again and works. While another session has the lock, retirement is left to a later run, and so is
// creation where inserts go on without it for as long as the policy's MinRunway asks. A table that another run works on is left
// to that one likewise. The log has one line about it, however much is due.
//
// It does not fail runs that the migrator alone would pass: what it could not do is an IncompleteError only for a table whose
// inserts would find no partition sooner than its policy's MinRunway allows, or with Strict; else it is a warning in the log,
// and the results tell (Incomplete). Beside a DEFAULT partition they always find one (lifecycle.Runway). Errors that are
// always returned: a lock.BusyError when creation could not wait (with Strict it never can), the end of ctx, and whatever kept
// it from looking at the tables at all.
type Lifecycle struct {
	Tasks []lifecycle.Task
	At    time.Time // the run's only clock; zero: the server's now()

	// Sessions is where the one session comes from, unless the run brings it: a *sql.DB, or whatever else gives connections. It is
	// closed again. A *sql.DB is taken to be the migrator's as well, which must have given its own connection back; sessions of
	// anything else to be nobody else's.
	Sessions session.Source

	CreateOnly bool // nothing is retired: that is left to another run
	Strict     bool // everything that is incomplete is an IncompleteError

	// Executor has all other settings. Its Held, SkipBusyRetirement and SkipBusyCreation are set here; its MaxTime is 2 minutes where it is
	// zero, and without end where it is negative.
	Executor executor.Executor
}

// maxTime is how long a run may work on partitions after a migration.
const maxTime = 2 * time.Minute

// Before vetoes a run after which the plug-in could not work: a policy that cannot be followed, no database. It reads the
// settings of a session, so that After need not work under what migrations leave behind; where none can be had (a server that
// is not up yet, a pool without a free connection) it goes without. Sessions that are nobody else's are worked on as they come.
func (l Lifecycle) Before(ctx context.Context, run Run) error {
	switch {
	case run.Conn == nil && run.Held != nil:
		return errors.New("lifecycle: the lock is held, and the session that holds it is not given")
	case run.Conn == nil && !l.connects():
		return errors.New("lifecycle: no database is given")
	}
	for _, task := range l.Tasks {
		if err := task.Policy.Check(task.Table); err != nil {
			return fmt.Errorf("policy of %s: %w", task.Table, err)
		}
	}
	l.remember(ctx, run)
	return nil
}

// After maintains the tables as far as the outcome allows.
func (l Lifecycle) After(ctx context.Context, run Run, outcome Outcome) ([]executor.Result, error) {
	if run.Direction == Down || len(l.Tasks) == 0 {
		return nil, nil
	}
	if ctx.Err() != nil && outcome.Err != nil {
		return nil, nil // that error says it all
	}
	conn, done, err := l.connect(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("maintain partitions: %w", err)
	}
	defer done()
	results, err := l.executor(run, outcome).Run(ctx, conn, l.Tasks, l.At)
	return results, l.judge(ctx, results, err)
}

// connect gives the session to work on, and what to do with it afterwards.
func (l Lifecycle) connect(ctx context.Context, run Run) (*sql.Conn, func(), error) {
	if run.Conn != nil {
		return run.Conn, func() {}, nil
	}
	conn, err := l.Sessions.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	return conn, func() { _ = conn.Close() }, nil
}

// connects reports whether there is something that gives sessions. A variable of type *sql.DB may well be nil.
func (l Lifecycle) connects() bool {
	pool, shared := l.Sessions.(*sql.DB)
	return l.Sessions != nil && (!shared || pool != nil)
}

// executor is the one that fits the run.
func (l Lifecycle) executor(run Run, outcome Outcome) executor.Executor {
	e := l.Executor
	e.Held, e.SkipBusyRetirement, e.SkipBusyCreation = run.Held, true, !l.Strict
	if e.Sessions == nil && run.Held == nil && l.connects() {
		e.Sessions = l.Sessions
	}
	if e.Settings == nil {
		e.Settings = run.Settings
	}
	e.MaxTime = max(e.MaxTime, 0)
	if l.Executor.MaxTime == 0 {
		e.MaxTime = maxTime
	}
	if l.CreateOnly || outcome.Err != nil {
		e.Cut = creation(e.Cut)
	}
	return e
}

// creation leaves what makes rows find a partition, of what another cut has left.
func creation(cut func(lifecycle.Plan) lifecycle.Plan) func(lifecycle.Plan) lifecycle.Plan {
	return func(plan lifecycle.Plan) lifecycle.Plan {
		if cut != nil {
			plan = cut(plan)
		}
		return plan.Creation()
	}
}

// judge decides whether what was left undone fails the run.
func (l Lifecycle) judge(ctx context.Context, results []executor.Result, err error) error {
	var busy *lock.BusyError
	if err != nil && (errors.As(err, &busy) || ctx.Err() != nil || !looked(results)) {
		return fmt.Errorf("maintain partitions: %w", err)
	}
	if l.Strict && len(Incomplete(results)) > 0 || tooShort(results) {
		return &IncompleteError{results}
	}
	l.warn(ctx, results)
	return nil
}

func (l Lifecycle) warn(ctx context.Context, results []executor.Result) {
	log := l.Executor.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	for _, r := range Incomplete(results) {
		attributes := []any{"table", r.Plan.Table.String(), "error", r.Err()}
		if runway := runwayOf(r); !runway.Enough() {
			attributes = append(attributes, "runway", reach(runway))
		}
		log.WarnContext(ctx, "maintenance incomplete", attributes...)
	}
}
