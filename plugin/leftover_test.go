package plugin

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// leftovers are what migrations leave on a session. The role is one that may do nothing.
func leftovers(role string) map[string]string {
	return map[string]string{
		"none":                       "select 1",
		"search_path":                "set search_path = app",
		"no search_path":             "select set_config('search_path', '', false)",
		"statement_timeout":          "set statement_timeout = '1ms'",
		"lock_timeout":               "set lock_timeout = '1ms'",
		"idle in a transaction":      "set idle_in_transaction_session_timeout = '1ms'",
		"role":                       "set role " + role,
		"session_authorization":      "set session authorization " + role,
		"read only":                  "set default_transaction_read_only = on",
		"isolation":                  "set default_transaction_isolation = 'serializable'; set default_transaction_deferrable = on",
		"row_security":               "set row_security = off",
		"replica":                    "set session_replication_role = replica",
		"replica, as a visitor":      "set session_replication_role = replica; set role " + role,
		"encoding":                   "set client_encoding = 'LATIN1'",
		"strings":                    "set standard_conforming_strings = off",
		"all of it":                  "set search_path = app; set client_encoding = 'LATIN1'; set role " + role + "; set statement_timeout = '1ms'",
		"all of it, and a new user":  "set search_path = app; set session authorization " + role + "; set role none; set lock_timeout = '1ms'",
		"in a transaction":           "begin; set search_path = app; set role " + role + "; commit",
		"the database's own default": "do $$ begin execute format('alter database %I set search_path = app', current_database()); end $$",
	}
}

// beside is a table of the same name in another schema, which nobody may touch.
const beside = `create schema app; create table app.events (at timestamptz not null) partition by range (at);`

// unqualified names the table without its schema.
func unqualified(db *sql.DB) Lifecycle {
	l := maintenance(db)
	l.Tasks[0].Table = catalog.Name{Table: "events"}
	return l
}

// found are the settings of a session that the tests look at. Under the shortest limit it may take a while to be told.
func found(t *testing.T, conn *sql.Conn) string {
	t.Helper()
	var all []string
	for _, name := range []string{"search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "role", "session_authorization",
		"default_transaction_read_only", "default_transaction_isolation", "row_security", "session_replication_role", "client_encoding", "standard_conforming_strings"} {
		var value string
		for err := errShort; err != nil; {
			if err = conn.QueryRowContext(t.Context(), "show "+name).Scan(&value); err != nil && !strings.Contains(err.Error(), "57014") {
				t.Fatal(err)
			}
		}
		all = append(all, name+"="+value)
	}
	return strings.Join(all, " ")
}

var errShort = errors.New("not told yet")

// inLeftovers runs a test for everything that a migration may leave behind.
func inLeftovers(t *testing.T, test func(is *is.I, db *pgtest.Database, pool *sql.DB, leave string)) {
	t.Parallel()
	for name := range leftovers("") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			role := db.Role(t, "visitor")
			db.Exec(t, events+beside+"grant usage on schema app to "+role)
			pool := db.As(t, db.Text(t, "select current_user"))
			pool.SetMaxOpenConns(1)
			test(is.New(t), db, pool, leftovers(role)[name])
			is.New(t).Equal(db.Text(t, "select count(*) from pg_inherits where inhparent = 'app.events'::regclass"), "0")
			is.New(t).Equal(db.Text(t, "select string_agg(relname, ' ' order by relname) from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'public.events'::regclass"),
				"events__2024_05_15 events__2024_05_16")
		})
	}
}

// leave runs what a migration leaves behind on a connection.
func leave(text string, on interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}) func(context.Context) Outcome {
	return func(ctx context.Context) Outcome {
		_, err := on.ExecContext(ctx, text)
		return Outcome{Err: err, Applied: 1}
	}
}

// What migrations set on a session of the pool does not decide what is maintained, nor how.
func TestLeftoversInThePool(t *testing.T) {
	inLeftovers(t, func(is *is.I, _ *pgtest.Database, pool *sql.DB, text string) {
		results, err := Around(t.Context(), unqualified(pool), Run{Migrator: "ours"}, leave(text, pool))
		is.NoErr(err)
		is.Equal(executor.Count(results...), executor.Counts{Created: 2, Detached: 1})
	})
}

// Nor does it on the session that holds the lock; and that one is given back as the migrator left it.
func TestLeftoversOnTheLockedSession(t *testing.T) {
	inLeftovers(t, func(is *is.I, _ *pgtest.Database, pool *sql.DB, text string) {
		conn, err := pool.Conn(t.Context())
		is.NoErr(err)
		defer conn.Close()
		lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
		is.NoErr(err)
		var left string
		run := Run{Migrator: "ours", Conn: conn, Held: lease}
		results, err := Around(t.Context(), unqualified(nil), run, func(ctx context.Context) Outcome {
			outcome := leave(text, conn)(ctx)
			left = found(t, conn)
			return outcome
		})
		is.NoErr(err)
		is.Equal(executor.Count(results...), executor.Counts{Created: 2, Detached: 1})
		is.Equal(found(t, conn), left)
		is.NoErr(lease.Release(t.Context()))
	})
}

// Every session of the pool is worked on under the same settings, also those that retire beside the leading one.
func TestLeftoversOnEverySessionOfThePool(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	role := db.Role(t, "visitor")
	db.Exec(t, events+today+strings.NewReplacer("events", "notes").Replace(events+today))
	pool := db.As(t, db.Text(t, "select current_user"))
	pool.SetMaxIdleConns(3)
	l := unqualified(pool)
	l.Tasks = append(l.Tasks, lifecycle.Task{Table: catalog.Name{Table: "notes"}, Policy: days()})
	l.Executor.Jobs, l.Executor.Locker = 2, lock.None{} // the two do not wait for each other
	results, err := Around(t.Context(), l, Run{Migrator: "ours"}, func(ctx context.Context) Outcome {
		for range 3 {
			conn, err := pool.Conn(ctx)
			is.NoErr(err)
			defer conn.Close()
			_, err = conn.ExecContext(ctx, "set search_path = ''; set role "+role)
			is.NoErr(err)
		}
		return Outcome{Applied: 1}
	})
	is.NoErr(err)
	for _, r := range results {
		is.NoErr(r.Err())
		for _, d := range r.Done {
			is.NoErr(d.Err)
		}
	}
	is.Equal(executor.Count(results...), executor.Counts{Detached: 2})
}

// Defaults of the database reach every session, and are nobody's leftovers: what a run needs it sets for itself.
func TestDefaultsOfTheDatabase(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"statement_timeout": "1ms", "lock_timeout": "1ms", "idle_in_transaction_session_timeout": "1ms", "idle_session_timeout": "1s",
		"default_transaction_read_only": "on", "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
		"row_security": "off", "standard_conforming_strings": "off", "client_encoding": "LATIN1", "DateStyle": "German", "TimeZone": "Asia/Kathmandu",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			db.Exec(t, events)
			db.Exec(t, "do $$ begin execute format('alter database %I set "+name+" = ''"+value+"''', current_database()); end $$")
			results, err := maintenance(db.As(t, db.Text(t, "select current_user"))).After(t.Context(), Run{}, Outcome{})
			is.NoErr(err)
			is.Equal(executor.Count(results...), executor.Counts{Created: 2, Detached: 1})
		})
	}
}
