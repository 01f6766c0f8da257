package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func onLoan(t *testing.T, pool *sql.DB) *gooseext.Legacy {
	t.Helper()
	legacy, err := gooseext.NewLegacy(pool, maintain("events"), gooseext.WithWait(0))
	if err != nil {
		t.Fatal(err)
	}
	return legacy
}

// inPools runs a test with each of the ways in which programs open a database, and a pool of one connection.
func inPools(t *testing.T, test func(is *is.I, db *pgtest.Database, pool *sql.DB)) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T, *pgtest.Database) *sql.DB{
		"pgx": separate, "lib/pq": withPQ, "pgx pool": func(t *testing.T, db *pgtest.Database) *sql.DB { return abovePool(t, db, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			pool := open(t, db)
			pool.SetMaxOpenConns(1)
			test(is.New(t), db, pool)
			leftNothing(t, db, pool)
		})
	}
}

// Goose's package functions know nothing but pools. Theirs is the session that holds the lock, and nothing else.
func TestLegacyOnTheLockedSession(t *testing.T) {
	inPools(t, func(is *is.I, db *pgtest.Database, pool *sql.DB) {
		db.Exec(t, events)
		results, err := onLoan(t, pool).UpOnSession(t.Context(), func(ctx context.Context, own *sql.DB) error {
			const held = `select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory' and objid = 4097083626 and granted`
			for range 3 { // the pool may put the session back in between
				var locked int
				is.NoErr(own.QueryRowContext(ctx, held).Scan(&locked))
				is.Equal(locked, 1)
			}
			is.NoErr(own.PingContext(ctx))
			tx, err := own.BeginTx(ctx, nil)
			is.NoErr(err)
			_, err = tx.ExecContext(ctx, "create table t (id int)")
			is.NoErr(err)
			_, err = tx.ExecContext(ctx, "insert into t values ($1)", 41)
			is.NoErr(err)
			is.NoErr(tx.Commit())
			statement, err := own.PrepareContext(ctx, "insert into t values ($1)")
			is.NoErr(err)
			_, err = statement.ExecContext(ctx, 42)
			is.NoErr(err)
			return statement.Close()
		})
		is.NoErr(err)
		is.Equal(len(results), 1)
		is.Equal(db.Text(t, "select sum(id) from t"), "83")
		is.Equal(partitions(t, db, "events"), afterwards)
	})
}

func TestLegacyOnTheLockedSessionWantsOneConnection(t *testing.T) {
	inPools(t, func(is *is.I, _ *pgtest.Database, pool *sql.DB) {
		_, err := onLoan(t, pool).UpOnSession(t.Context(), func(ctx context.Context, own *sql.DB) error {
			tx, err := own.BeginTx(ctx, nil)
			is.NoErr(err)
			_, err = own.ExecContext(ctx, "select 1") // beside the transaction
			return errors.Join(err, tx.Rollback())
		})
		is.True(err != nil && strings.Contains(err.Error(), "a migration asked for another beside it"))
	})
}

// Whatever becomes of the migrator, the lock is given back and nothing stays open.
func TestLegacyOnTheLockedSessionEnds(t *testing.T) {
	for name, end := range map[string]func(context.CancelFunc) error{
		"well":    func(context.CancelFunc) error { return nil },
		"badly":   func(context.CancelFunc) error { return errAny },
		"cancel":  func(cancel context.CancelFunc) error { cancel(); return context.Canceled },
		"a panic": func(context.CancelFunc) error { panic(errAny) },
	} {
		t.Run(name, func(t *testing.T) {
			inPools(t, func(is *is.I, db *pgtest.Database, pool *sql.DB) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := errors.New("it panicked")
				func() {
					defer func() { _ = recover() }()
					_, err = onLoan(t, pool).UpOnSession(ctx, func(ctx context.Context, own *sql.DB) error {
						_, failed := own.ExecContext(ctx, "begin; create table half ()")
						is.NoErr(failed)
						return end(cancel)
					})
				}()
				is.True(err != nil)
				is.Equal(errors.Is(err, plugin.ErrLeftOpen), name == "well")
				is.Equal(db.Text(t, "select to_regclass('half') is null"), "true")
			})
		})
	}
}

var errAny = errors.New("any")
