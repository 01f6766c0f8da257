package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func daily() lifecycle.Policy {
	return lifecycle.Policy{
		Every:     period.Days(1),
		Keep:      period.Days(90),
		DropAfter: period.Days(7),
	}
}

func ExampleNewProvider() {
	db, err := sql.Open("pgx", "postgres://localhost/app")
	if err != nil {
		return
	}
	migrations := fstest.MapFS{"00001_accounts.sql": {Data: []byte("-- +goose Up\nCREATE TABLE accounts (id bigint);")}}
	first, err := gooseext.CreatePartitioned("00002_events.go", gooseext.Partitioned{
		Table:  "public.events",
		SQL:    "CREATE TABLE public.events (at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at)",
		Policy: daily(),
	})
	if err != nil {
		return
	}
	maintenance := plugin.Lifecycle{
		Tasks: []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "events"}, Policy: daily()}},
	}
	provider, err := gooseext.NewProvider(db, migrations, maintenance, gooseext.WithGoose(goose.WithGoMigrations(first)))
	if err != nil {
		return
	}
	for _, source := range provider.ListSources() {
		fmt.Println(source.Version, source.Type, source.Path)
	}
	// Output:
	// 1 sql 00001_accounts.sql
	// 2 go 00002_events.go
}

func ExampleProvider_Run() {
	deploy := func(ctx context.Context, provider *gooseext.Provider) error {
		report, err := provider.Run(ctx)
		for _, result := range report.Migrations {
			fmt.Println(result)
		}
		counts := executor.Count(report.Maintenance...)
		fmt.Printf("created %d, retired %d, waited %s\n", counts.Created, counts.Detached, report.LockWait)
		var failed *goose.PartialError
		if errors.As(err, &failed) {
			return fmt.Errorf("migration %d: %w", failed.Failed.Source.Version, err)
		}
		return err
	}
	_ = deploy
}

func ExampleNewSessionLocker() {
	open := func(db *sql.DB, migrations fstest.MapFS) (*goose.Provider, error) {
		locker, err := gooseext.NewSessionLocker(gooseext.WithWait(time.Minute))
		if err != nil {
			return nil, err
		}
		return goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker))
	}
	_ = open
}

func ExampleDetachPartition() {
	m, err := gooseext.DetachPartition("00012_old_events.go", gooseext.Attachment{
		Table:     "public.events",
		Partition: "public.events__2019",
		Bound:     "FOR VALUES FROM ('2019-01-01 00:00:00+00') TO ('2020-01-01 00:00:00+00')",
	})
	if err != nil {
		return
	}
	fmt.Println(m.Version, m.Source)
	// Output: 12 00012_old_events.go
}

func ExampleNewLegacy() {
	migrate := func(ctx context.Context, db *sql.DB, maintenance plugin.Lifecycle) error {
		legacy, err := gooseext.NewLegacy(db, maintenance)
		if err != nil {
			return err
		}
		_, err = legacy.Up(ctx, func(ctx context.Context) error { return goose.UpContext(ctx, db, "migrations") })
		return err
	}
	_ = migrate
}
