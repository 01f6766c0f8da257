package gooseext_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// unqualified names the table without its schema: it is that of the search_path.
func unqualified() plugin.Lifecycle {
	return plugin.Lifecycle{At: now(), Tasks: []lifecycle.Task{{Table: catalog.Name{Table: "events"}, Policy: twoDays()}}}
}

// leaving sets for its session what changes what everything after it does. Goose has to write its version under it.
func leaving(t *testing.T, db *pgtest.Database) string {
	t.Helper()
	role := db.Role(t, "visitor")
	db.Exec(t, "alter default privileges grant all on tables to "+role)
	db.Exec(t, "alter default privileges grant all on sequences to "+role)
	db.Exec(t, "create schema app; grant usage on schema app to "+role)
	return "set search_path = app, public; set lock_timeout = '1ms'; set default_transaction_isolation = 'serializable'; set role " + role
}

// Whatever the kind of a migration: what it leaves behind on its session does not reach maintenance on the same one.
func TestMaintenanceWorksUnderNoLeftovers(t *testing.T) {
	t.Parallel()
	exec := func(text string) func(context.Context, *sql.Tx) error {
		return func(ctx context.Context, tx *sql.Tx) error { _, err := tx.ExecContext(ctx, text); return err }
	}
	nothing := exec("select 1")
	for name, up := range map[string]func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error){
		"sql": func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error) {
			p := provide(t, pool, folder("00001_only.sql", text, "select 1"), unqualified())
			_, err := p.Up(ctx)
			return p, err
		},
		"sql without transaction": func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error) {
			p := provide(t, pool, noTransaction("-- +goose StatementBegin\n"+text+";\n-- +goose StatementEnd\nselect 1"), unqualified())
			_, err := p.Up(ctx)
			return p, err
		},
		"go": func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error) {
			m := goose.NewGoMigration(1, &goose.GoFunc{RunTx: exec(text)}, &goose.GoFunc{RunTx: nothing})
			p := provide(t, pool, nil, unqualified(), withGo(m))
			_, err := p.Up(ctx)
			return p, err
		},
		"go with the pool": func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error) {
			pool.SetMaxOpenConns(2)
			run := func(ctx context.Context, db *sql.DB) error { _, err := db.ExecContext(ctx, text); return err }
			m := goose.NewGoMigration(1, &goose.GoFunc{RunDB: run}, &goose.GoFunc{RunDB: run})
			p := provide(t, pool, nil, unqualified(), withGo(m))
			_, err := p.Up(ctx)
			return p, err
		},
		"package functions": func(ctx context.Context, t *testing.T, pool *sql.DB, text string) (*gooseext.Provider, error) {
			legacy, err := gooseext.NewLegacy(pool, unqualified())
			if err != nil {
				return nil, err
			}
			_, err = legacy.UpOnSession(ctx, func(ctx context.Context, db *sql.DB) error { _, err := db.ExecContext(ctx, text); return err })
			return nil, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			text := leaving(t, db)
			db.Exec(t, events)
			db.Exec(t, "create table app.events (at timestamptz not null) partition by range (at)")
			pool := separate(t, db)
			pool.SetMaxOpenConns(1)
			p, err := up(t.Context(), t, pool, text)
			is.NoErr(err)
			is.Equal(partitions(t, db, "public.events"), afterwards)
			is.Equal(partitions(t, db, "app.events"), "")
			if p == nil {
				return
			}
			// The session is in the pool as the migration left it. The provider still knows better.
			results, err := p.Maintain(t.Context())
			is.NoErr(err)
			is.Equal(results[0].Plan.Table, catalog.Name{Schema: "public", Table: "events"})
			leftNothing(t, db, pool)
		})
	}
}
