package integration

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// trace remembers the statements that a session sends.
type trace struct {
	mu   sync.Mutex
	sent []string
}

func (tr *trace) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.sent = append(tr.sent, data.SQL)
	return ctx
}

func (tr *trace) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// traced is a session whose statements are remembered.
func traced(t *testing.T, db *pgtest.Database) (*sql.Conn, *trace) {
	t.Helper()
	config, err := pgx.ParseConfig(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	tr := &trace{}
	config.Tracer = tr
	pool := stdlib.OpenDB(*config)
	t.Cleanup(func() { pool.Close() })
	conn, err := pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, tr
}

// A converged run on 50 tables of 200 partitions reads the catalog with three statements, inside a transaction that it begins,
// prepares and ends, and does nothing else.
func TestConverged_run_reads_once_and_locks_nothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	const tables, partitions = 50, 200
	policy := lifecycle.Policy{Every: span("1 day"), Ahead: span("100"), Keep: span("300")}
	first := instant("2054-06-01")
	var tasks []lifecycle.Task
	for n := range tables {
		var ddl strings.Builder
		fmt.Fprintf(&ddl, "CREATE TABLE t%d (at timestamptz) PARTITION BY RANGE (at);", n)
		for d := range partitions {
			from := first.AddDate(0, 0, d)
			fmt.Fprintf(&ddl, "CREATE TABLE t%d__%s PARTITION OF t%d FOR VALUES FROM ('%s') TO ('%s');", n, from.Format("2006_01_02"), n,
				from.Format("2006-01-02 00:00:00+00"), from.AddDate(0, 0, 1).Format("2006-01-02 00:00:00+00"))
		}
		db.Exec(t, ddl.String())
		tasks = append(tasks, lifecycle.Task{Table: catalog.Name{Schema: "public", Table: fmt.Sprintf("t%d", n)}, Policy: policy})
	}
	scheme, err := lock.ParseScheme("goose")
	is.NoErr(err)
	conn, tr := traced(t, db)
	results, err := executor.Executor{Locker: scheme.Locker()}.Run(context.Background(), conn, tasks, first.AddDate(0, 0, 50))
	is.NoErr(err)
	for _, r := range results {
		is.NoErr(r.Err())
		is.Equal(len(r.Done), 0)
	}
	is.True(len(tr.sent) <= 6)
	is.True(strings.HasPrefix(tr.sent[0], "begin isolation level read committed read only;"))
	for _, sent := range tr.sent[1:] {
		if regexp.MustCompile(`(?i)advisory|^\s*(create|alter|drop|comment|lock|begin)`).MatchString(sent) {
			t.Errorf("a converged run sent %s", sent)
		}
	}
}

// The read waits for nobody: another session holds ACCESS EXCLUSIVE on the parent and on a partition all the while.
func TestConverged_plan_does_not_wait_behind_an_exclusive_lock(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.must("2054-11-20")
	holder, err := s.db.SQL().Begin()
	is.NoErr(err)
	defer holder.Rollback()
	_, err = holder.Exec(`LOCK TABLE events IN ACCESS EXCLUSIVE MODE`)
	is.NoErr(err)
	_, err = holder.Exec(`LOCK TABLE events__2054_11_21 IN ACCESS EXCLUSIVE MODE`)
	is.NoErr(err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn := s.session()
	defer conn.Close()
	reading, err := planner.Read(ctx, conn, s.tasks(), instant("2054-11-22"))
	is.NoErr(err)
	is.Equal(operations(reading.Tables[0].Plan), []string{
		"create public.events__2054_11_23", "create public.events__2054_11_24", "detach public.events__2054_11_20", "drop public.events__2054_11_20"})
}

// Whatever happens, a run leaves no advisory lock and no setting behind.
func TestConverged_session_is_left_as_it_was(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	conn := s.session()
	defer conn.Close()
	const settings = `SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
		WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout', 'role', 'TimeZone', 'DateStyle', 'search_path')`
	var before, after string
	_, err := conn.ExecContext(context.Background(), `SET lock_timeout = '7s'; SET statement_timeout = '8s'; SET TimeZone = 'Asia/Tokyo'`)
	is.NoErr(err)
	is.NoErr(conn.QueryRowContext(context.Background(), settings).Scan(&before))
	scheme, err := lock.ParseScheme("goose")
	is.NoErr(err)
	s.exec.Locker, s.exec.Wait = scheme.Locker(), patience
	for _, at := range []string{"2054-11-20", "2054-11-23"} {
		results, err := s.exec.Run(context.Background(), conn, s.tasks(), instant(at))
		is.NoErr(err)
		is.NoErr(results[0].Err())
		is.True(len(results[0].Done) > 0)
	}
	is.NoErr(conn.QueryRowContext(context.Background(), settings).Scan(&after))
	is.Equal(after, before)
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`), "0")
}
