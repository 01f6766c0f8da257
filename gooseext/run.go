package gooseext

import (
	"context"
	"errors"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Report is what a run did. It is valid also beside an error.
type Report struct {
	Migrations  []*goose.MigrationResult // applied or taken back, also those before one that failed
	Maintenance []executor.Result        // one for each table of the policy; none where nothing was maintained
	LockWait    time.Duration            // for the lock, by migrations and maintenance together; for Wrap by maintenance alone
}

// Run applies all pending migrations, maintains the partitions, and tells everything about both. Its errors are those of Up.
func (p *Provider) Run(ctx context.Context) (Report, error) {
	return p.Around(ctx, plugin.Up, p.migrator.Up)
}

// Maintain only maintains the partitions, as if a run upwards had found nothing to apply. Its errors are a
// plugin.VetoError and a MaintenanceError.
func (p *Provider) Maintain(ctx context.Context) ([]executor.Result, error) {
	report, err := p.Around(ctx, plugin.Up, nothing{}.Up)
	return report.Maintenance, err
}

// Around puts maintenance around any use of goose's provider: several methods one after the other, or one that is not
// offered here. It must not be called while the lock is held, and migrate must not keep a connection.
//
// The error of migrate comes back as it is. goose.ErrNoNextVersion counts as nothing to do, so maintenance goes on as after
// success. A maintenance that failed is a MaintenanceError; both together are joined, goose's first. A veto of the
// plug-in is a plugin.VetoError, and nothing was done.
func (p *Provider) Around(ctx context.Context, direction plugin.Direction,
	migrate func(context.Context) ([]*goose.MigrationResult, error)) (Report, error) {
	var report Report
	var failed error
	ctx, watch := withStopwatch(ctx)
	maintain := &recorder{Plugin: p.plugin}
	run := p.before.run(direction)
	defer p.before.keep(run)
	_, err := plugin.Around(ctx, maintain, run, func(ctx context.Context) plugin.Outcome {
		report.Migrations, failed = migrate(withWindow(ctx))
		return report.outcome(failed)
	})
	if !maintain.called {
		return report, err
	}
	report.Maintenance, report.LockWait = maintain.results, watch.waited()
	return report, together(failed, maintain.failure())
}

// outcome is what a plug-in is told. What a failed run applied is in goose's error alone.
func (r *Report) outcome(err error) plugin.Outcome {
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		r.Migrations = append(r.Migrations, partial.Applied...)
	}
	if errors.Is(err, goose.ErrNoNextVersion) {
		err = nil
	}
	return plugin.Outcome{Err: err, Applied: len(r.Migrations)}
}

// recorder keeps what After gave, so that goose's error need not be joined with nothing: callers compare it with ==.
type recorder struct {
	plugin.Plugin
	called  bool
	results []executor.Result
	err     error
}

func (r *recorder) After(ctx context.Context, run plugin.Run, outcome plugin.Outcome) ([]executor.Result, error) {
	r.called = true
	r.results, r.err = r.Plugin.After(ctx, run, outcome)
	return r.results, r.err
}

func (r *recorder) failure() error {
	if r.err == nil {
		return nil
	}
	return &MaintenanceError{Results: r.results, Err: r.err}
}

// together joins two errors, and leaves one alone as it is.
func together(migration, maintenance error) error {
	if maintenance == nil {
		return migration
	}
	if migration == nil {
		return maintenance
	}
	return errors.Join(migration, maintenance)
}

// MaintenanceError says that maintenance failed, after migrations that may have gone well.
type MaintenanceError struct {
	Results []executor.Result // what was done and what not, one for each table
	Err     error             // a plugin.IncompleteError, a lock.BusyError, the end of the context, ...
}

func (e *MaintenanceError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *MaintenanceError) Unwrap() error { return e.Err }
