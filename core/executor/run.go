package executor

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// run is one call of Run.
type run struct {
	Executor
	at      time.Time // of every plan of the run: the one given, else the server's now of the first reading
	later   bool      // the instant given is later than the server's clock
	seen    string    // what was committed when all tables were read (catalog.Server.Snapshot)
	version int       // of the server
	began   time.Time
	tables  []*table
	points  [][]int // for each table the others that it references, by index
	lead    *worker
	watcher *session.Session      // looks on, nil: nobody does
	mu      sync.Mutex            // one Progress at a time
	busy    atomic.Pointer[error] // the migrator's lock could not be had during retirement
	refused error                 // nor could it, again, during creation
	waits   error                 // the same, where creation for the table can wait
}

func newRun(e Executor, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) *run {
	if e.Locker == nil {
		e.Locker = lock.Polling{}
	}
	if e.read == nil {
		e.read = planner.ReadDue
	}
	if e.Log == nil {
		e.Log = slog.New(slog.DiscardHandler)
	}
	e.Limits, e.RetryFor = e.Limits.Filled(), cmp.Or(e.RetryFor, defaultRetry)
	r := &run{Executor: e, at: at, lead: &worker{Session: session.On(conn)}, began: time.Now()}
	for _, task := range tasks {
		r.tables = append(r.tables, newTable(task))
	}
	return r
}

// look plans every table without any lock. It reads with several statements, and what another run completes in between
// seems to stand in its own way (a name is taken, and by no partition that was seen): an error counts when it is found twice.
func (r *run) look(ctx context.Context) error {
	if err := r.plan(ctx, r.lead, r.tables); err != nil || !r.hindered() {
		return err
	}
	return r.plan(ctx, r.lead, r.tables)
}

// hindered reports whether something stands in the way of what a policy wants.
func (r *run) hindered() bool {
	failed := func(f lifecycle.Finding) bool { return f.Severity == lifecycle.Error }
	return slices.ContainsFunc(r.tables, func(t *table) bool { return slices.ContainsFunc(t.plan.Findings, failed) })
}

// plan reads the tables in one go, and plans them for the run's instant.
func (r *run) plan(ctx context.Context, s *worker, tables []*table) error {
	tasks := make([]lifecycle.Task, len(tables))
	for i, t := range tables {
		tasks[i] = t.task
	}
	reading, err := r.read(ctx, s.Conn(), tasks, r.at)
	if errors.Is(err, catalog.ErrInTransaction) {
		err = ErrInTransaction
	}
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if reading.Server.Recovery {
		return fmt.Errorf("plan: %w", catalog.StandbyError{})
	}
	if r.version == 0 {
		r.version, r.later = reading.Server.Version, r.at.After(reading.Server.Now)
		if r.at.IsZero() {
			r.at = reading.Server.Now
		}
	}
	if len(tables) == len(r.tables) {
		r.seen, r.points = reading.Server.Snapshot, reading.Links.References()
	}
	lanes := reading.Links.Lanes()
	for i, t := range tables {
		if len(lanes) > 1 {
			t.lane = lanes[i]
		}
		t.adopt(r, reading.Tables[i])
	}
	return nil
}

// due reports whether any table needs a change.
func (r *run) due() bool { return len(r.dueTables()) > 0 }

func (r *run) dueTables() []*table {
	return slices.DeleteFunc(slices.Clone(r.tables), func(t *table) bool { return !t.due() })
}

// enter takes the migrator's lock. No lease and no error: what is due can wait, and is left out while another has the lock.
func (r *run) enter(ctx context.Context) (lock.Lease, error) {
	began := time.Now()
	tables := r.dueTables()
	urgent := slices.ContainsFunc(tables, func(t *table) bool { return t.dueIn(false) && !r.maySkipCreation(t) })
	lease, err := r.lease(ctx, r.lead.Conn(), !urgent)
	for _, t := range tables {
		t.wait += time.Since(began)
	}
	r.began = time.Now()
	if err == nil {
		return lease, nil
	}
	var busy *lock.BusyError
	if errors.As(err, &busy) && r.SkipBusyRetirement && !urgent && ctx.Err() == nil {
		r.postpone(ctx, tables, err)
		return nil, nil
	}
	return nil, err
}

// maySkipCreation reports whether creation for a table can wait for a later run: inserts go on without it.
func (r *run) maySkipCreation(t *table) bool {
	return r.SkipBusyRetirement && r.SkipBusyCreation && (Result{Plan: t.plan, Done: t.done}).Runway().Safe()
}

// waitingPatience is how long what can wait for a later run waits for the migrator's lock.
const waitingPatience = time.Second

// lease is the migrator's lock on a session; that of a held session is there already.
func (r *run) lease(ctx context.Context, conn *sql.Conn, canWait bool) (lock.Lease, error) {
	if r.Held != nil && conn == r.lead.Conn() {
		return kept{r.Held}, nil
	}
	wait := r.Wait
	if canWait && r.SkipBusyRetirement {
		wait = min(wait, waitingPatience)
	}
	lease, err := r.Locker.Lock(ctx, conn, wait)
	if err != nil {
		return nil, fmt.Errorf("take the migrator's lock: %w", err)
	}
	return lease, nil
}

// kept is the lease of a session that came locked and is left locked.
type kept struct{ lock.Lease }

func (kept) Release(context.Context) error { return nil }

// Unwrap gives the lease as it came.
func (k kept) Unwrap() lock.Lease { return k.Lease }

// leave gives the migrator's lock back. That of a session that came locked is left as it is.
func (r *run) leave(ctx context.Context, s *worker) {
	if s.held != nil && r.Held == nil {
		s.release(ctx, r, s.held)
		s.held = nil
	}
}

// stopped is what ended the run before its end: a lost session, a cancelled context.
func (r *run) stopped(ctx context.Context) error {
	if r.lead.Lost() != nil {
		return r.lead.lost()
	}
	return cmp.Or(ctx.Err(), r.refused)
}

// results tells what became of every table.
func (r *run) results(ctx context.Context, err error) []Result {
	results := make([]Result, len(r.tables))
	for i, t := range r.tables {
		if err != nil && (t.due() || t.plan.At.IsZero()) {
			t.stop(r, err)
		}
		results[i] = t.result()
	}
	return results
}

// conclude reports what became of an operation.
func (r *run) conclude(ctx context.Context, t *table, d Done) {
	if !t.record(d) {
		return
	}
	log := r.Log.With("operation", d.Operation.ID, "status", string(d.Status), "attempts", d.Attempts, "took", d.Took)
	switch d.Status {
	case Failed:
		log.WarnContext(ctx, "operation failed", "error", d.Err)
	case Completed:
		log.InfoContext(ctx, "operation done")
	default:
		log.DebugContext(ctx, "operation left out", "because", d.Err)
	}
	r.progress(d)
}

func (r *run) progress(d Done) {
	if r.Progress != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Progress(d)
	}
}
