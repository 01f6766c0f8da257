package main

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/plugin"
)

//go:embed migrations/*.sql
var files embed.FS

// keeper keeps the partitions of the service.
type keeper struct {
	provider *gooseext.Provider
	log      *slog.Logger
}

// newKeeper works above the pool that the service has anyway, with one connection of it at a time.
func newKeeper(pool *pgxpool.Pool, log *slog.Logger) (keeper, error) {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return keeper{}, err
	}
	maintenance := plugin.Lifecycle{
		Tasks: []lifecycle.Task{{
			Table:  catalog.Name{Schema: "public", Table: "events"},
			Policy: lifecycle.Policy{Every: period.Days(1), Ahead: period.Days(14), Keep: period.Days(90), DropAfter: period.Days(7)},
		}},
		Executor: executor.Executor{Log: log},
	}
	provider, err := gooseext.NewProvider(stdlib.OpenDBFromPool(pool), migrations, maintenance)
	return keeper{provider, log}, err
}

// deploy applies what is pending and makes the partitions: without them the service cannot begin.
func (k keeper) deploy(ctx context.Context) error {
	report, err := k.provider.Run(ctx)
	k.log.Info("deployed", "migrations", len(report.Migrations), "partitions", executor.Count(report.Maintenance...).Created)
	return err
}

// keep maintains at every tick, until ctx ends. What goes wrong is tried again at the next one: partitions are made two weeks ahead.
func (k keeper) keep(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		results, err := k.provider.Maintain(ctx)
		switch did := executor.Count(results...); {
		case ctx.Err() != nil:
			return // what was begun has been ended or rolled back
		case err != nil:
			k.log.Error("maintenance failed", "error", err)
		default:
			k.log.Info("maintained", "created", did.Created, "detached", did.Detached, "dropped", did.Dropped)
		}
	}
}
