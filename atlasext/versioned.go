package atlasext

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Versioned puts a plug-in, usually a plugin.Lifecycle, around Atlas's versioned migrations, under the lock that the Atlas
// command takes for `migrate apply`.
//
// The lock is held from before the plug-in's Before until after its After, and given back also after a panic. Errors: a
// lock.BusyError; a plugin.VetoError; those of the migrations and of the plug-in, joined.
type Versioned struct {
	Plugin    plugin.Plugin
	Direction plugin.Direction // where the migrations go; zero: up
	LockName  string           // empty: DefaultLockName
	Wait      time.Duration    // for the lock; zero: it is tried once
}

// Migrations are files for Atlas's executor.
type Migrations struct {
	Dir       migrate.Dir
	Revisions migrate.RevisionReadWriter // which files were applied; where it uses the database, it should use the same session
	N         int                        // how many pending files are applied at most; zero: all
	Driver    DriverOptions
	Options   []migrate.ExecutorOption
}

// Execute has Atlas's executor apply pending files on conn, the session that holds the lock: if the session ends, statement and
// lock end together. It tells the plug-in how many files were applied. Nothing pending counts as success.
//
// As Atlas's executor does, it opens no transaction and does not heed `-- atlas:txmode`: every statement stands alone.
func (v Versioned) Execute(ctx context.Context, conn *sql.Conn, m Migrations) ([]executor.Result, error) {
	return v.Around(ctx, conn, func(ctx context.Context) plugin.Outcome {
		applied := &tally{RevisionReadWriter: m.Revisions, files: map[string]bool{}}
		err := m.execute(ctx, conn, applied)
		return plugin.Outcome{Err: err, Applied: len(applied.files)}
	})
}

func (m Migrations) execute(ctx context.Context, conn *sql.Conn, revisions migrate.RevisionReadWriter) error {
	driver, err := Open(conn, m.Driver)
	if err != nil {
		return err
	}
	executor, err := migrate.NewExecutor(driver, m.Dir, revisions, m.Options...)
	if err != nil {
		return err
	}
	return executor.ExecuteN(ctx, m.N)
}

// tally counts the files that were applied to their last statement.
type tally struct {
	migrate.RevisionReadWriter
	files map[string]bool
}

func (t *tally) WriteRevision(ctx context.Context, r *migrate.Revision) error {
	err := t.RevisionReadWriter.WriteRevision(ctx, r)
	if err == nil && r.Type == migrate.RevisionTypeExecute && r.Applied == r.Total {
		t.files[r.Version] = true
	}
	return err
}

// Run calls apply under the lock on conn, with the plug-in around it. Apply usually calls ExecuteN of a migrate.Executor whose
// driver is Open'd over conn, so that what it sends ends together with the lock; it must leave no transaction open.
// migrate.ErrNoPendingFiles counts as success. The plug-in is told of one migration where apply returns nil: what it did, only
// apply knows. Execute and Around tell more.
func (v Versioned) Run(ctx context.Context, conn *sql.Conn, apply func(context.Context) error) ([]executor.Result, error) {
	return v.Around(ctx, conn, func(ctx context.Context) plugin.Outcome {
		if err := apply(ctx); err != nil {
			return plugin.Outcome{Err: err}
		}
		return plugin.Outcome{Applied: 1}
	})
}

// Around is Run for what counts its migrations itself.
func (v Versioned) Around(ctx context.Context, conn *sql.Conn, apply func(context.Context) plugin.Outcome) (_ []executor.Result, err error) {
	locker, err := lockerOf(v.LockName)
	if err != nil {
		return nil, err
	}
	lease, err := locker.Lock(ctx, conn, v.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lease.Release(ctx)) }() // a panic would leave the lock on a session of the caller's pool
	run := plugin.Run{Migrator: "atlas", Direction: v.Direction, Conn: conn, Held: lease}
	return plugin.Around(ctx, v.Plugin, run, func(ctx context.Context) plugin.Outcome {
		outcome := apply(ctx)
		if errors.Is(outcome.Err, migrate.ErrNoPendingFiles) {
			outcome.Err = nil
		}
		return outcome
	})
}
