package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Goose's registry and package functions belong to the whole process, so this test runs alone.
func TestTheLegacyWorld(t *testing.T) {
	is, db := is.New(t), pgtest.New(t)
	goose.SetLogger(goose.NopLogger())
	goose.SetBaseFS(fstest.MapFS{"migrations/00002_second.sql": folder("x", "create table second ()", "drop table second")["x"]})
	is.NoErr(goose.SetDialect("postgres"))
	session := func(text string) func(context.Context, *sql.Conn) error {
		return func(ctx context.Context, conn *sql.Conn) error { _, err := conn.ExecContext(ctx, text); return err }
	}
	third, err := gooseext.OnSession("00003_third.go", session("create table third ()"), session("drop table third"))
	is.NoErr(err)
	is.NoErr(goose.SetGlobalMigrations(partitioned(t), third))
	defer func() { goose.ResetGlobalMigrations(); goose.SetBaseFS(nil) }()

	p, err := gooseext.NewProvider(db.SQL(), nil, maintain("events"), quiet())
	is.NoErr(err)
	is.Equal(len(p.ListSources()), 2) // a provider finds them in the registry

	pool := separate(t, db)
	legacy, err := gooseext.NewLegacy(pool, maintain("events"), gooseext.WithWait(0))
	is.NoErr(err)
	up := func(ctx context.Context, own *sql.DB) error {
		is.Equal(db.Text(t, "select count(*) from pg_locks where locktype = 'advisory' and objid = 4097083626 and database = (select oid from pg_database where datname = current_database())"), "1")
		return goose.UpContext(ctx, own, "migrations")
	}
	results, err := legacy.UpOnSession(t.Context(), up)
	is.NoErr(err)
	is.Equal(len(results), 1)
	is.Equal(db.Text(t, "select max(version_id) from goose_db_version"), "3")
	is.Equal(partitions(t, db, "events"), "events__2024_05_15 events__2024_05_16")

	_, err = legacy.Up(t.Context(), func(ctx context.Context) error { return goose.UpByOneContext(ctx, pool, "migrations") })
	is.True(err == goose.ErrNoNextVersion)
	is.NoErr(legacy.Down(t.Context(), func(ctx context.Context) error { return goose.DownToContext(ctx, pool, "migrations", 1) }))
	is.NoErr(legacy.DownOnSession(t.Context(), func(ctx context.Context, own *sql.DB) error { return goose.DownToContext(ctx, own, "migrations", 0) }))
	is.Equal(db.Text(t, "select to_regclass('events')"), "")

	release := hold(t, db)
	_, err = legacy.Up(t.Context(), func(context.Context) error { t.Error("goose ran without the lock"); return nil })
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	release()
	leftNothing(t, db, pool)
}

func TestTheLegacyWorldLosesItsLock(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	pool := separate(t, db)
	legacy, err := gooseext.NewLegacy(pool, maintain())
	is.NoErr(err)
	_, err = legacy.Up(t.Context(), func(ctx context.Context) error {
		db.Exec(t, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")
		<-ctx.Done()
		return ctx.Err()
	})
	is.True(errors.Is(err, context.Canceled))
	is.True(strings.Contains(err.Error(), "the lock was lost while goose worked"))
	leftNothing(t, db, pool)

	pool.SetMaxOpenConns(1)
	_, err = legacy.Up(t.Context(), func(context.Context) error { return nil })
	is.True(err != nil && strings.Contains(err.Error(), "SetMaxOpenConns"))
}
