package gooseext_test

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// patience bounds every wait for something that must happen.
const patience = time.Minute

// now is the instant of the runs, in the past of any server, so that they may retire as well.
func now() time.Time { return time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC) }

// events makes the table that most tests maintain: one partition has expired, one is kept, two are missing.
const events = `create table events (at timestamptz not null, n int) partition by range (at);
create table events__2024_05_01 partition of events for values from ('2024-05-01 00:00:00+00') to ('2024-05-02 00:00:00+00');
create table events__2024_05_14 partition of events for values from ('2024-05-14 00:00:00+00') to ('2024-05-15 00:00:00+00')`

// The partitions of events as the tests may find them.
const (
	asBefore   = "events__2024_05_01 events__2024_05_14"
	withNew    = "events__2024_05_01 events__2024_05_14 events__2024_05_15 events__2024_05_16"
	afterwards = "events__2024_05_14 events__2024_05_15 events__2024_05_16"
)

// twoDays keeps two days and makes two.
func twoDays() lifecycle.Policy {
	return lifecycle.Policy{
		Every: period.Days(1),
		Ahead: period.Windows(2),
		Keep:  period.Windows(2),
	}
}

// maintain is the plug-in for some tables in schema public.
func maintain(tables ...string) plugin.Lifecycle {
	l := plugin.Lifecycle{At: now()}
	for _, table := range tables {
		l.Tasks = append(l.Tasks, lifecycle.Task{Table: catalog.Name{Schema: "public", Table: table}, Policy: twoDays()})
	}
	return l
}

// withHook is a plug-in whose operations are looked at.
func withHook(l plugin.Lifecycle, before func(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) error) plugin.Lifecycle {
	l.Executor.Hooks = append(l.Executor.Hooks, executor.Hook{Before: before})
	return l
}

func quiet() gooseext.Option { return gooseext.WithGoose(goose.WithLogger(goose.NopLogger())) }

// provide makes a provider or fails the test.
func provide(t *testing.T, db *sql.DB, migrations fstest.MapFS, p plugin.Plugin, options ...gooseext.Option) *gooseext.Provider {
	t.Helper()
	var files fs.FS // nil, where there is no folder
	if migrations != nil {
		files = migrations
	}
	provider, err := gooseext.NewProvider(db, files, p, append(options, quiet())...)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// alone only maintains, as a pod without anything to migrate.
func alone(t *testing.T, db *sql.DB, p plugin.Plugin) ([]executor.Result, error) {
	t.Helper()
	provider, err := gooseext.NewProvider(db, nil, p)
	if err != nil {
		t.Fatal(err)
	}
	return provider.Maintain(t.Context())
}

// partitions are the names of those attached to a table, in order.
func partitions(t *testing.T, db *pgtest.Database, table string) string {
	t.Helper()
	return db.Text(t, `select string_agg(c.relname, ' ' order by c.relname)
		from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = to_regclass($1)`, table)
}

// advisory counts the advisory locks of the database, held or waited for.
const advisory = `select count(*) from pg_locks where locktype = 'advisory'
and database = (select oid from pg_database where datname = current_database())`

// leftNothing checks that no lock and no connection was left behind. A session that was cut off needs a moment to go.
func leftNothing(t *testing.T, db *pgtest.Database, used *sql.DB) {
	t.Helper()
	// database/sql rolls back a transaction whose context has ended in a goroutine of its own, and gives the connection back then.
	await(t, "connections to be given back", func() bool { return used.Stats().InUse == 0 })
	await(t, "the advisory locks to go", func() bool { return db.Text(t, advisory) == "0" })
}

// await waits for what must become true.
func await(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ready(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// hold takes goose's key on a session of its own, until it is released or the test ends.
func hold(t *testing.T, db *pgtest.Database) (release func()) {
	t.Helper()
	conn := db.Conn(t)
	key := func(function string) {
		if _, err := conn.ExecContext(t.Context(), "select "+function+"(4097083626)"); err != nil {
			t.Error(err)
		}
	}
	key("pg_advisory_lock")
	return func() { key("pg_advisory_unlock") }
}
