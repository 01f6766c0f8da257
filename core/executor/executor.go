package executor

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// Executor carries plans out. It is the only code that changes a database. Its zero value works: under goose's lock, tried
// once, with the default limits.
type Executor struct {
	Locker lock.Locker   // the migrator's lock; nil: that of goose, tried once
	Wait   time.Duration // how long the lock is waited for; zero: it is tried once
	Held   lock.Lease    // instead: the migrator's lock, which the session of the run holds already; it is left locked

	// Settings are those that the sessions work under, whatever they come with; names without a schema are found by their
	// search_path. Each session has its own back afterwards. Nil or zero: they work under what they come with.
	Settings *session.Settings
	// Sessions is where further sessions come from: those of Jobs, and one that looks on where foreign keys make that worth
	// while. They are closed again. Nil: one session does everything.
	Sessions session.Source

	Limits   lifecycle.Limits // how long others may be kept waiting
	RetryFor time.Duration    // how long the steps of a table that met a lock are tried again; zero: 30 s, negative: each is tried once
	MaxTime  time.Duration    // for the run, from when the migrator's lock is held; zero: no end. Every creation is tried once even so

	Skip               []lifecycle.Kind // operations that are left out on request
	AtDestroys         bool             // detach and drop also when the instant given is later than the server's clock
	SkipBusyRetirement bool             // while another holds the migrator's lock for longer than a second, do without retirement and succeed
	SkipBusyCreation   bool             // with it: without creation too, where inserts go on for as long as min_runway asks (Runway.Safe)

	Cut  func(lifecycle.Plan) lifecycle.Plan // cuts every plan down before it is carried out (Only, Select); nil: it stays whole
	Jobs int                                 // how many tables are worked on at once, each on a session of its own, as far as they share no foreign key; zero: one

	Hooks    []Hook       // with Jobs they are called from several goroutines
	Counter  Counter      // hears at the end how many operations ended how; nil: nothing is counted
	Progress func(Done)   // hears of every operation when its fate is known, never of two at once; not of those left out on request
	Log      *slog.Logger // nil: nothing is logged

	read reader // nil: planner.ReadDue
}

// reader is planner.ReadDue, or what a test puts in its place.
type reader func(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (planner.Reading, error)

// defaultRetry is how long a step is tried where nothing else is said.
const defaultRetry = 30 * time.Second

// Run plans every task and does what is due, on the one session conn: creation for all tables, then, table by table,
// retirement. A zero at is the server's now(). Where nothing is due it reads and takes no lock.
//
// There is one Result for each task, in their order, also when the run failed or was cancelled. The error is what stopped
// the run as a whole: a server that cannot be worked with, a lock.BusyError, a lost session (SessionLost), the end of ctx. What
// stopped single tables and operations is in their results alone.
//
// When ctx ends, the statement that is being sent has a second to end by itself, for it is bounded anyway; then the session
// goes. Either way nothing stays open or locked. Conn is left with the settings it had, or closed for good where that failed.
func (e Executor) Run(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) ([]Result, error) {
	r := newRun(e, conn, tasks, at)
	err := r.work(ctx)
	results := r.results(ctx, err)
	count(e.Counter, results)
	return results, err
}

// work is the run's story.
func (r *run) work(ctx context.Context) error {
	if err := r.lead.Begin(ctx, r.Settings); err != nil {
		return err
	}
	defer r.lead.End(ctx)
	if err := r.look(ctx); err != nil || !r.due() {
		return err
	}
	if err := r.lead.Prepare(ctx, r.version); err != nil {
		return err
	}
	r.openWatcher(ctx)
	defer r.closeWatcher(ctx)
	lease, err := r.enter(ctx)
	if err != nil || lease == nil {
		return err
	}
	r.lead.held, r.lead.since = lease, time.Now()
	defer r.leave(ctx, r.lead)
	defer r.giveBack(ctx, r.lead, r.tables) // what is held still: after a panic of what the caller handed in
	if err := r.takeTables(ctx); err != nil {
		return err
	}
	r.create(ctx)
	r.leave(ctx, r.lead)
	r.retire(ctx)
	return r.stopped(ctx)
}
