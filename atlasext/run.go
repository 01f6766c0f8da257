package atlasext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/human"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// run is one call of Run or Plan.
type run struct {
	Runner
	conn    *sql.Conn
	tasks   []lifecycle.Task
	present []lifecycle.Task // of these, those whose tables were there when they were read last
	server  catalog.Server   // as it was read last
}

func (r Runner) on(conn *sql.Conn) *run { return &run{Runner: r, conn: conn} }

// run is Runner.Run.
func (r *run) run(ctx context.Context) (*Report, error) {
	began := time.Now()
	report := &Report{}
	err := r.settle()
	if err == nil {
		err = r.work(ctx, report)
	}
	report.Took = time.Since(began)
	return report, err
}

// work is the run's story.
func (r *run) work(ctx context.Context, report *Report) error {
	leave, err := r.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if report.Plan, err = r.make(ctx); err != nil {
		return err
	}
	if len(report.Plan.Guards) > 0 {
		return r.refused(ctx, report)
	}
	if !report.Plan.Due() {
		return nil
	}
	if err := r.server.Check(); err != nil {
		return err
	}
	if !r.Approved.covers(report.Plan) {
		return ErrPlanChanged
	}
	if len(report.Plan.Changes) > 0 || report.Plan.creates() {
		if err = r.locked(ctx, report, r.change); err != nil && !goesOn(err) {
			return err
		}
	}
	if r.CreateOnly || !report.Plan.retires() {
		return err
	}
	return errors.Join(err, r.retire(ctx, report), r.converged(ctx, report))
}

// goesOn reports whether retirement may follow: single tables are incomplete, and the others are as they should be.
func goesOn(err error) bool {
	var incomplete *plugin.IncompleteError
	return errors.As(err, &incomplete) && !errors.Is(err, ErrNotConverged)
}

// refused makes what is due on the tables that are there, and leaves the rest.
func (r *run) refused(ctx context.Context, report *Report) error {
	refused := &RefusedError{Guards: report.Plan.Guards}
	if r.tasks = r.present; report.Plan.creates() && len(r.tasks) > 0 && r.server.Check() == nil {
		refused.Creation = r.locked(ctx, report, r.create)
	}
	return refused
}

// locked does what is to be done under the lock.
func (r *run) locked(ctx context.Context, report *Report, work func(context.Context, *Report, lock.Lease) error) (err error) {
	locker, err := lockerOf(r.LockName)
	if err != nil {
		return err
	}
	began := time.Now()
	lease, err := locker.Lock(ctx, r.conn, r.Wait)
	report.LockWait = time.Since(began)
	if err != nil {
		return fmt.Errorf("take the lock of migrations: %w", err)
	}
	// Also after a panic: the session is the caller's, and would carry the lock back to its pool.
	defer func() { err = errors.Join(err, lease.Release(ctx)) }()
	return work(ctx, report, lease)
}

// change is what happens under the lock: schema, then creation, then a last look.
func (r *run) change(ctx context.Context, report *Report, held lock.Lease) (err error) {
	if report.Plan, err = r.make(ctx); err != nil {
		return err
	}
	if err := report.Plan.Err(); err != nil {
		return err
	}
	if err := r.server.Check(); err != nil {
		return err
	}
	if !r.Approved.covers(report.Plan) {
		return ErrPlanChanged
	}
	version, err := r.version(ctx)
	if err != nil {
		return err
	}
	if err := held.Alive(ctx); err != nil {
		return err
	}
	p := phase{conn: r.conn, lockTimeout: r.LockTimeout, retryFor: r.RetryFor, version: version}
	failed := p.apply(ctx, report.Plan.Changes, r.TxMode == TxNone)
	report.Applied, report.Attempts = p.applied, p.attempts
	if failed != nil && ctx.Err() != nil {
		return failed
	}
	created := r.create(ctx, report, held)
	if failed != nil {
		return errors.Join(failed, created)
	}
	return errors.Join(created, r.converged(ctx, report))
}

func (r *run) version(ctx context.Context) (int, error) {
	var text string
	if err := r.conn.QueryRowContext(ctx, "select pg_catalog.current_setting('server_version_num')").Scan(&text); err != nil {
		return 0, fmt.Errorf("read version of server: %w", err)
	}
	return strconv.Atoi(text)
}

// create makes partitions under the lock that is held.
func (r *run) create(ctx context.Context, report *Report, held lock.Lease) error {
	if len(r.tasks) == 0 {
		return nil
	}
	maintain := r.lifecycle(report, r.tasks, r.Executor)
	maintain.CreateOnly = true
	var err error
	report.Results, err = maintain.After(ctx, plugin.Run{Migrator: "atlas", Conn: r.conn, Held: held}, plugin.Outcome{})
	return err
}

// retire does the rest for the tables that have all their partitions, and takes the lock step by step.
func (r *run) retire(ctx context.Context, report *Report) error {
	locker, err := lockerOf(r.LockName)
	if err != nil {
		return err
	}
	tasks := r.tasks
	if report.Results != nil {
		tasks = nil
		for _, created := range report.Results {
			if created.OK() {
				tasks = append(tasks, created.Task)
			}
		}
	}
	e := r.Executor
	e.Locker, e.Wait = locker, r.Wait
	results, err := r.lifecycle(report, tasks, e).After(ctx, plugin.Run{Migrator: "atlas", Conn: r.conn}, plugin.Outcome{})
	if report.Results == nil {
		report.Results = results
		return err
	}
	for _, retired := range results {
		of := func(created executor.Result) bool { return created.Task.Table == retired.Task.Table }
		created := &report.Results[slices.IndexFunc(report.Results, of)]
		retired.Done, retired.Took = slices.Concat(created.Done, retired.Done), created.Took+retired.Took
		*created = retired
	}
	return err
}

// lifecycle is the plug-in that works on partitions, at the instant of the plan.
func (r *run) lifecycle(report *Report, tasks []lifecycle.Task, e executor.Executor) plugin.Lifecycle {
	if e.Log == nil {
		e.Log = r.Log
	}
	return plugin.Lifecycle{Tasks: tasks, At: report.Plan.At, CreateOnly: r.CreateOnly, Strict: r.Strict, Executor: e}
}

// converged looks once more: nothing should be left to change. That something is, and would be with the stock command too, is told; it
// fails only a strict run.
func (r *run) converged(ctx context.Context, report *Report) error {
	v, err := r.look(ctx)
	if err != nil {
		return fmt.Errorf("look at the changed schema: %w", err)
	}
	changes, err := r.statements(ctx, v)
	if err != nil || len(changes) == 0 {
		return err
	}
	left := fmt.Sprintf("%s planned again, the first is %s", human.Count(len(changes), "change is", "changes are"), changes[0].SQL)
	if r.Strict {
		return fmt.Errorf("%w: %s", ErrNotConverged, left)
	}
	f := lifecycle.Finding{Code: "still_differs", Severity: lifecycle.Warning, Message: ErrNotConverged.Error() + " after the run: " + left,
		Remedy: "Where it is the spelling that differs, write it as the database has it, or give a dev database (--dev-url)."}
	report.Plan.Findings = slices.DeleteFunc(report.Plan.Findings, func(f lifecycle.Finding) bool { return f.Code == "still_differs" })
	report.Plan.Findings = append(report.Plan.Findings, f)
	return nil
}
