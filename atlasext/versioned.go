package atlasext

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Versioned puts a plug-in, usually a plugin.Lifecycle, around Atlas's versioned migrations, under the lock that the Atlas
// command takes for `migrate apply`.
type Versioned struct {
	Plugin   plugin.Plugin
	LockName string        // empty: DefaultLockName
	Wait     time.Duration // for the lock; zero: it is tried once
}

// Run calls apply under the lock on conn, with the plug-in around it. Apply usually calls ExecuteN of a migrate.Executor whose
// driver is Open'd over conn; it must leave no transaction open. migrate.ErrNoPendingFiles counts as success.
//
// The lock is held from before the plug-in's Before until after its After. Errors: a lock.BusyError; a plugin.VetoError; those
// of apply and of the plug-in, joined.
func (v Versioned) Run(ctx context.Context, conn *sql.Conn, apply func(context.Context) error) ([]lifecycle.Result, error) {
	locker, err := lockerOf(v.LockName, v.Wait)
	if err != nil {
		return nil, err
	}
	lease, err := locker.Lock(ctx, conn)
	if err != nil {
		return nil, err
	}
	run := plugin.Run{Migrator: "atlas", Held: &lock.Session{Conn: conn, Lease: lease}}
	results, err := plugin.Around(ctx, v.Plugin, run, func(ctx context.Context) plugin.Outcome {
		err := apply(ctx)
		if errors.Is(err, migrate.ErrNoPendingFiles) {
			err = nil
		}
		return plugin.Outcome{Err: err}
	})
	return results, errors.Join(err, lease.Release(ctx))
}
