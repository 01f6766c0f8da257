package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// sleeping and locked is the number of sessions that run a statement of a migration and hold a lock of goose's.
const sleepingAndLocked = `select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid
	where a.datname = current_database() and a.wait_event = 'PgSleep' and l.locktype = 'advisory' and l.objid = 4097083626 and l.granted`

const sleeping = `select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`

const longSleep = "select pg_sleep(600)"

// noTransaction is a migration whose statements stand alone.
func noTransaction(statement string) fstest.MapFS {
	return fstest.MapFS{"00001_only.sql": &fstest.MapFile{Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\n" + statement + ";\n-- +goose Down\nselect 1;\n")}}
}

func inTx(*testing.T) *goose.Migration {
	sleep := func(ctx context.Context, tx *sql.Tx) error { _, err := tx.ExecContext(ctx, longSleep); return err }
	m := goose.NewGoMigration(1, &goose.GoFunc{RunTx: sleep}, &goose.GoFunc{RunTx: sleep})
	m.Source = "00001_only.go"
	return m
}

func onSession(t *testing.T) *goose.Migration {
	sleep := func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, longSleep)
		return err
	}
	return sessionMigration(t, sleep, sleep)
}

func sessionMigration(t *testing.T, up, down func(context.Context, *sql.Conn) error) *goose.Migration {
	t.Helper()
	m, err := gooseext.OnSession("00001_only.go", up, down)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A killed client leaves its statement running. The next one waits for it, because the same session holds the lock.
func TestMigrationsRunOnTheLockedSession(t *testing.T) {
	t.Parallel()
	for name, provider := range map[string]func(t *testing.T, pool *sql.DB) *gooseext.Provider{
		"sql": func(t *testing.T, pool *sql.DB) *gooseext.Provider {
			return provide(t, pool, folder("00001_only.sql", longSleep, "select 1"), plugin.Lifecycle{})
		},
		"sql without transaction": func(t *testing.T, pool *sql.DB) *gooseext.Provider {
			return provide(t, pool, noTransaction(longSleep), plugin.Lifecycle{})
		},
		"go": func(t *testing.T, pool *sql.DB) *gooseext.Provider {
			return provide(t, pool, nil, plugin.Lifecycle{}, withGo(inTx(t)))
		},
		"go without transaction": func(t *testing.T, pool *sql.DB) *gooseext.Provider {
			return provide(t, pool, nil, plugin.Lifecycle{}, withGo(onSession(t)))
		},
		"go, provider wrapped": func(t *testing.T, pool *sql.DB) *gooseext.Provider {
			theirs, err := goose.NewProvider(goose.DialectPostgres, pool, nil, goose.WithSessionLocker(newLocker(t)), goose.WithGoMigrations(onSession(t)))
			if err != nil {
				t.Fatal(err)
			}
			p, err := gooseext.Wrap(theirs, pool, plugin.Lifecycle{})
			if err != nil {
				t.Fatal(err)
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			ctx, cancel := context.WithCancel(t.Context())
			pool := separate(t, db)
			p, done := provider(t, pool), make(chan error, 1)
			go func() { _, err := p.Up(ctx); done <- err }()
			await(t, "the migration to sleep", func() bool { return db.Text(t, sleeping) == "1" })
			is.Equal(db.Text(t, sleepingAndLocked), "1")
			cancel()
			is.True(<-done != nil)
			leftNothing(t, db, pool)
		})
	}
}

// Where goose takes no lock, there is no session that holds it: the migration gets one of the pool.
func TestOnSessionWithoutALock(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	statement := func(text string) func(context.Context, *sql.Conn) error {
		return func(ctx context.Context, conn *sql.Conn) error { _, err := conn.ExecContext(ctx, text); return err }
	}
	pool := separate(t, db)
	p := provide(t, pool, nil, plugin.Lifecycle{}, gooseext.WithoutLock(), withGo(sessionMigration(t, statement("create table t ()"), statement("drop table t"))))
	_, err := p.Up(t.Context())
	is.NoErr(err)
	_, err = p.Down(t.Context())
	is.NoErr(err)
	is.Equal(db.Text(t, "select to_regclass('t') is null"), "true")
	leftNothing(t, db, pool)
}

// What a migration leaves open on the session is no success, and goose's version row does not say so.
func TestOnSessionLeavesNoTransactionOpen(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	careless := func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, "begin; create table t ()")
		return err
	}
	pool := separate(t, db)
	p := provide(t, pool, nil, plugin.Lifecycle{}, withGo(sessionMigration(t, careless, careless)))
	_, err := p.Up(t.Context())
	is.True(errors.Is(err, plugin.ErrLeftOpen))
	is.Equal(db.Text(t, "select to_regclass('t') is null and not exists (select from goose_db_version where version_id = 1)"), "true")
	leftNothing(t, db, pool)

	wild := func(ctx context.Context, conn *sql.Conn) error {
		_ = careless(ctx, conn)
		panic("oh")
	}
	p = provide(t, pool, nil, plugin.Lifecycle{}, withGo(sessionMigration(t, wild, wild)))
	_, err = p.Up(t.Context()) // goose recovers it
	is.True(err != nil)
	is.Equal(db.Text(t, "select to_regclass('t') is null"), "true")
	leftNothing(t, db, pool)
}
