package plugintest_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
	"github.com/partsmith/partsmith-migrate/plugin/plugintest"
)

// The smallest migrator: one migration, known by the table that it makes.
func TestConformanceOfAround(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Adapter{
		Migrator: "reference",
		Database: func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() },
		Panics:   true,
		Run: func(ctx context.Context, db *sql.DB, p plugin.Plugin, m plugintest.Migration) ([]executor.Result, error) {
			run := plugin.Run{Migrator: "reference", Direction: m.Direction}
			return plugin.Around(ctx, p, run, func(ctx context.Context) plugin.Outcome { return migrate(ctx, db, m) })
		},
	})
}

func migrate(ctx context.Context, db *sql.DB, m plugintest.Migration) plugin.Outcome {
	conn, err := db.Conn(ctx)
	if err != nil {
		return plugin.Outcome{Err: err}
	}
	defer conn.Close()
	return work(ctx, conn, m)
}

func work(ctx context.Context, conn *sql.Conn, m plugintest.Migration) plugin.Outcome {
	if m.Code != nil {
		m.Code()
	}
	var applied bool
	if err := conn.QueryRowContext(ctx, "select to_regclass('public.plugintest_migrated') is not null").Scan(&applied); err != nil {
		return plugin.Outcome{Err: err}
	}
	if applied == (m.Direction == plugin.Up) {
		return plugin.Outcome{} // nothing to do
	}
	text := m.Up
	if m.Direction == plugin.Down {
		text = m.Down
	}
	if _, err := conn.ExecContext(ctx, text); err != nil {
		return plugin.Outcome{Err: err}
	}
	return plugin.Outcome{Applied: 1}
}

// A migrator that holds its lock around everything, and lends the session to the plug-in.
func TestConformanceWhileTheLockIsHeld(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Adapter{
		Migrator: "holder",
		Database: func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() },
		Panics:   true,
		Locks:    true,
		Run:      runHolding,
	})
}

func runHolding(ctx context.Context, db *sql.DB, p plugin.Plugin, m plugintest.Migration) (_ []executor.Result, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	lease, err := lock.Polling{}.Lock(ctx, conn, 0)
	if err != nil {
		return nil, err
	}
	defer func() {
		if ctx.Err() == nil {
			err = errors.Join(err, lease.Alive(ctx)) // After leaves the lock held
		}
		err = errors.Join(err, lease.Release(ctx))
	}()
	run := plugin.Run{Migrator: "holder", Direction: m.Direction, Conn: conn, Held: lease}
	return plugin.Around(ctx, p, run, func(ctx context.Context) plugin.Outcome { return work(ctx, conn, m) })
}
