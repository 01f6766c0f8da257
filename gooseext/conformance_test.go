package gooseext_test

import (
	"context"
	"database/sql"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq" // registers the driver postgres
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
	"github.com/partsmith/partsmith-migrate/plugin/plugintest"
)

// The suite with each of the ways in which programs open a database.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sql.DB{
		"pgx":      func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() },
		"pgx pool": func(t *testing.T) *sql.DB { return abovePool(t, pgtest.New(t), 2) },
		"lib/pq":   func(t *testing.T) *sql.DB { return withPQ(t, pgtest.New(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugintest.Run(t, adapter(open, newProvider))
		})
	}
	t.Run("wrapped", func(t *testing.T) {
		t.Parallel()
		plugintest.Run(t, adapter(func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() }, wrapped))
	})
}

// Goose itself recovers the panics of Go migrations, so that nobody else sees them.
func adapter(open func(*testing.T) *sql.DB, provide func(*sql.DB, fstest.MapFS, plugin.Plugin) (*gooseext.Provider, error)) plugintest.Adapter {
	return plugintest.Adapter{
		Migrator: "goose",
		Database: open,
		Locks:    true,
		Run: func(ctx context.Context, db *sql.DB, p plugin.Plugin, m plugintest.Migration) ([]executor.Result, error) {
			provider, err := provide(db, folder("00001_only.sql", m.Up, m.Down), p)
			if err != nil {
				return nil, err
			}
			move := provider.Unwrap().Up
			if m.Direction == plugin.Down {
				move = only(provider.Unwrap().Down)
			}
			report, err := provider.Around(ctx, m.Direction, move)
			return report.Maintenance, err
		},
	}
}

func only(move func(context.Context) (*goose.MigrationResult, error)) func(context.Context) ([]*goose.MigrationResult, error) {
	return func(ctx context.Context) ([]*goose.MigrationResult, error) {
		result, err := move(ctx)
		return []*goose.MigrationResult{result}, err
	}
}

func newProvider(db *sql.DB, migrations fstest.MapFS, p plugin.Plugin) (*gooseext.Provider, error) {
	return gooseext.NewProvider(db, migrations, p, gooseext.WithGoose(goose.WithLogger(goose.NopLogger())))
}

func wrapped(db *sql.DB, migrations fstest.MapFS, p plugin.Plugin) (*gooseext.Provider, error) {
	locker, err := gooseext.NewSessionLocker()
	if err != nil {
		return nil, err
	}
	existing, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, err
	}
	return gooseext.Wrap(existing, db, p)
}

// folder is a folder of SQL migrations: name, up and down of each.
func folder(files ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i := 0; i+2 < len(files); i += 3 {
		text := "-- +goose Up\n-- +goose StatementBegin\n" + files[i+1] + ";\n-- +goose StatementEnd\n" +
			"-- +goose Down\n-- +goose StatementBegin\n" + files[i+2] + ";\n-- +goose StatementEnd\n"
		all[files[i]] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

// abovePool opens a database above a pgx pool, which database/sql knows nothing of.
func abovePool(t *testing.T, db *pgtest.Database, conns int32) *sql.DB {
	t.Helper()
	config, err := pgxpool.ParseConfig(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	above := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = above.Close() })
	return above
}

func withPQ(t *testing.T, db *pgtest.Database) *sql.DB {
	t.Helper()
	pool, err := sql.Open("postgres", db.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}
