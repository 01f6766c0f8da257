package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	_ "github.com/lib/pq" // registers the driver postgres
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// drivers are sessions of the same database, one for each driver that the tool is used with.
func drivers(t *testing.T, db *pgtest.Database) map[string]*sql.Conn {
	t.Helper()
	pool, err := sql.Open("postgres", db.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return map[string]*sql.Conn{"pgx": session(t, db.SQL()), "pq": session(t, pool)}
}

func setting(t *testing.T, q catalog.Querier, name string) (value string) {
	t.Helper()
	if err := q.QueryRowContext(t.Context(), "select pg_catalog.current_setting($1)", name).Scan(&value); err != nil {
		t.Fatalf("ask for %s: %v", name, err)
	}
	return value
}

func TestReading_has_settings_of_its_own(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	forced := map[string]string{
		"search_path": "pg_catalog, pg_temp", "client_encoding": "UTF8", "TimeZone": "UTC", "DateStyle": "ISO, YMD", "statement_timeout": "0",
		"idle_in_transaction_session_timeout": "1min", "transaction_read_only": "on", "transaction_isolation": "read committed",
	}
	for driver, conn := range drivers(t, db) {
		is := is.New(t)
		run(t, conn, "set search_path = public", "set client_encoding = 'LATIN1'", "set TimeZone = 'Asia/Tokyo'", "set statement_timeout = '9s'",
			"set default_transaction_isolation = 'serializable'", "set standard_conforming_strings = off")
		before := map[string]string{}
		for name := range forced {
			before[name] = setting(t, conn, name)
		}
		err := catalog.Reading(t.Context(), conn, func(r *catalog.Reader) error {
			for name, want := range forced {
				if got := setting(t, r, name); got != want {
					t.Errorf("%s: %s is %q", driver, name, got)
				}
			}
			var text string
			err := r.QueryRowContext(t.Context(), "select 'événements 表'").Scan(&text)
			is.Equal(text, "événements 表")
			return err
		})
		is.NoErr(err)
		for name, want := range before {
			if got := setting(t, conn, name); got != want {
				t.Errorf("%s: %s is %q afterwards, it was %q", driver, name, got, want)
			}
		}
	}
}

func TestReading_joins_no_transaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, "create table kept (id int)")
	for _, begin := range []string{"begin", "begin isolation level repeatable read", "begin; set local lock_timeout = '1s'", "begin; lock table kept",
		"begin; insert into kept values (1)", "begin isolation level serializable read only deferrable; select 1", "begin; savepoint a", "begin; savepoint a; select 1"} {
		for driver, conn := range drivers(t, db) {
			is := is.New(t)
			run(t, conn, begin)
			err := catalog.Reading(t.Context(), conn, func(*catalog.Reader) error { t.Errorf("%s: %s: joined", driver, begin); return nil })
			is.True(errors.Is(err, catalog.ErrInTransaction))
			err = catalog.Reading(t.Context(), conn, func(*catalog.Reader) error { t.Errorf("%s: %s: joined after a failure", driver, begin); return nil })
			is.True(errors.Is(err, catalog.ErrInTransaction))
			run(t, conn, "rollback")
			is.NoErr(catalog.Reading(t.Context(), conn, func(*catalog.Reader) error { return nil }))
		}
	}
}

// A session is outside any transaction afterwards, whatever happened while it was read.
func TestReading_leaves_no_transaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for what, read := range map[string]func(context.CancelFunc, *catalog.Reader) error{
		"failure": func(_ context.CancelFunc, r *catalog.Reader) error {
			_, err := r.ExecContext(t.Context(), "select 1/0")
			return err
		},
		"cancel": func(cancel context.CancelFunc, _ *catalog.Reader) error { cancel(); return context.Canceled },
		"change": func(_ context.CancelFunc, r *catalog.Reader) error {
			_, err := r.ExecContext(t.Context(), "create table public.never ()")
			return err
		},
	} {
		for driver, conn := range drivers(t, db) {
			ctx, cancel := context.WithCancel(t.Context())
			if err := catalog.Reading(ctx, conn, func(r *catalog.Reader) error { return read(cancel, r) }); err == nil || strings.Contains(err.Error(), "end reading") {
				t.Errorf("%s, %s: %v", driver, what, err)
			}
			cancel()
			if path := setting(t, conn, "search_path"); strings.Contains(path, "pg_catalog") {
				t.Errorf("%s, %s: the transaction is still open: %s", driver, what, path)
			}
		}
	}
	if got := db.Text(t, "select to_regclass('public.never')"); got != "" {
		t.Error("a reading transaction has changed something")
	}
}

// Names without schema are found by the session's own search_path, and settings are put back by the savepoint.
func TestReadingWithin_a_transaction_that_is_there(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	is.NoErr(err)
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{"set search_path = public", "set TimeZone = 'Asia/Tokyo'", "savepoint look"} {
		_, err := tx.ExecContext(t.Context(), statement)
		is.NoErr(err)
	}
	_, err = catalog.ReadingWithin(t.Context(), tx)
	is.NoErr(err)
	is.Equal(setting(t, tx, "search_path"), "pg_catalog, pg_temp")
	is.Equal(setting(t, tx, "TimeZone"), "UTC")
	_, err = tx.ExecContext(t.Context(), "rollback to savepoint look")
	is.NoErr(err)
	is.Equal(setting(t, tx, "search_path"), "public")
	is.Equal(setting(t, tx, "TimeZone"), "Asia/Tokyo")
}
