package executor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// world is a database with a table ev of years, of which there are partitions (ev_2103 is that of the year 2103), and wishes for it.
// Its reader has the planner plan what each wish still lacks, as the catalog stands: a policy for one partition at a time, so that
// a test says itself what is wanted, and in which order.
type world struct {
	t      *testing.T
	db     *pgtest.Database
	table  string
	wishes []wish
	alter  func(*lifecycle.Plan) // changes every plan, may be nil
	mu     sync.Mutex
	reads  int
}

// wish is for a partition, by its number.
type wish struct {
	kind lifecycle.Kind
	n    int
}

// year is that of a partition: later than any server's clock, so that the instant of a marker is the plan's.
func year(n int) int { return 2100 + n }

// oldMarker is the comment of detached partitions in these tests.
const oldMarker = "pg-partsmith:orphan-parent=public.ev\npg-partsmith:detached-at=2026-01-01T00:00:00+00:00"

func newWorld(t *testing.T, parts ...int) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), table: "ev"}
	w.make("ev", parts...)
	return w
}

// make makes a partitioned table with some partitions.
func (w *world) make(table string, parts ...int) {
	w.t.Helper()
	w.db.Exec(w.t, "create table "+table+" (at timestamptz not null, note text) partition by range (at)")
	for _, n := range parts {
		w.db.Exec(w.t, fmt.Sprintf("create table %s_%d partition of %s %s", table, year(n), table, bound(n)))
	}
}

// bound is that of a partition.
func bound(n int) string {
	return fmt.Sprintf("for values from ('%d-01-01 00:00Z') to ('%d-01-01 00:00Z')", year(n), year(n+1))
}

// beside is a second table in the same database.
func (w *world) beside(table string, parts ...int) *world {
	w.t.Helper()
	v := &world{t: w.t, db: w.db, table: table}
	v.make(table, parts...)
	return v
}

func (w *world) wants(kind lifecycle.Kind, numbers ...int) *world {
	for _, n := range numbers {
		w.wishes = append(w.wishes, wish{kind, n})
	}
	return w
}

func (w *world) task() lifecycle.Task {
	return lifecycle.Task{Table: w.name(w.table), Policy: lifecycle.Policy{Every: period.Years(1), Ahead: period.Windows(1), Keep: period.Windows(1), Name: "{table}_{yyyy}"}}
}

func (w *world) name(table string) catalog.Name { return catalog.Name{Schema: "public", Table: table} }

// readerOf plans the worlds that the tasks name.
func readerOf(worlds ...*world) reader {
	return func(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (planner.Reading, error) {
		r := planner.Reading{Server: catalog.Server{Now: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Version: serverVersion(ctx, conn)}}
		if at.IsZero() {
			at = r.Server.Now
		}
		for _, task := range tasks {
			i := slices.IndexFunc(worlds, func(w *world) bool { return w.task().Table == task.Table })
			plan, err := worlds[i].plan(ctx, conn, at)
			if err != nil {
				return planner.Reading{}, err
			}
			r.Tables = append(r.Tables, plan)
		}
		return r, nil
	}
}

func serverVersion(ctx context.Context, conn *sql.Conn) (version int) {
	_ = conn.QueryRowContext(ctx, "select current_setting('server_version_num')::int").Scan(&version)
	return version
}

func (w *world) plan(ctx context.Context, conn *sql.Conn, at time.Time) (planner.Planned, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	reading, err := planner.Read(ctx, conn, []lifecycle.Task{w.task()}, time.Time{})
	if err != nil {
		return planner.Planned{}, err
	}
	found := reading.Tables[0]
	found.Plan = lifecycle.Plan{Table: found.Table.Name, OID: found.Table.OID, At: at}
	for _, wish := range w.wishes {
		plan, err := w.lacks(ctx, conn, found.Table, wish)
		if err != nil {
			return planner.Planned{}, err
		}
		found.Plan.Steps = append(found.Plan.Steps, plan.Steps...)
	}
	for _, p := range found.Table.Partitions {
		found.Leaves = append(found.Leaves, planner.Leaf{OID: p.OID, Bound: p.Bound.Text})
	}
	if w.alter != nil {
		w.alter(&found.Plan)
	}
	return found, nil
}

// lacks plans what a wish still needs: the table has the one partition only, and perhaps a DEFAULT.
func (w *world) lacks(ctx context.Context, conn *sql.Conn, table catalog.Table, wish wish) (plan lifecycle.Plan, err error) {
	other := func(p catalog.Partition) bool { return !p.Bound.Default && p.Name != w.part(wish.n) }
	table.Partitions, table.Answers = slices.DeleteFunc(slices.Clone(table.Partitions), other), catalog.Answers{}
	policy, at := w.task().Policy, time.Date(year(wish.n), 6, 1, 0, 0, 0, 0, time.UTC)
	kinds := []lifecycle.Kind{wish.kind}
	switch wish.kind {
	case lifecycle.Detach:
		at, kinds = at.AddDate(5, 0, 0), append(kinds, lifecycle.Finalize)
	case lifecycle.Drop:
		at, policy.DropAfter = at.AddDate(5, 0, 0), period.Days(0)
	}
	for range lifecycle.MostAsked {
		if plan = lifecycle.MakePlan(table, policy, at); len(plan.Asks) == 0 {
			break
		}
		if err := ask.One(ctx, conn, &table, plan.Asks, 0); err != nil {
			return plan, err
		}
	}
	return plan.Only(kinds...), nil
}

// hurried takes from steps that they may wait for long because nobody queues behind them.
func hurried(p *lifecycle.Plan) {
	for i := range p.Steps {
		p.Steps[i].Unqueued, p.Steps[i].Watched, p.Steps[i].Deadlock = false, false, 0
	}
}

// part is the name of a partition.
func (w *world) part(n int) catalog.Name { return w.name(fmt.Sprintf("%s_%d", w.table, year(n))) }

// executor is one for the worlds, whose locks are tried once.
func executor(worlds ...*world) Executor {
	return Executor{Locker: lock.Polling{}, Wait: 10 * time.Second, RetryFor: 20 * time.Second, read: readerOf(worlds...)}
}

// run runs the world alone.
func (w *world) run(e Executor) (Result, error) {
	w.t.Helper()
	results, err := e.Run(w.t.Context(), w.db.Conn(w.t), []lifecycle.Task{w.task()}, time.Time{})
	if len(results) != 1 {
		w.t.Fatalf("%d results for one task", len(results))
	}
	return results[0], err
}

// fates tells what became of every operation: "create ev_1 done, drop ev_0 failed".
func fates(r Result) string {
	var parts []string
	for _, d := range r.Done {
		parts = append(parts, fmt.Sprintf("%s %s %s", d.Operation.Kind, d.Operation.Partition.Table, d.Status))
	}
	return strings.Join(parts, ", ")
}

// state is what the catalog says about a partition of the world.
func (w *world) state(n int) string {
	w.t.Helper()
	return w.db.Text(w.t, fmt.Sprintf(`select coalesce((select case when i.inhdetachpending then 'pending' when c.relispartition then 'attached'
when obj_description(c.oid, 'pg_class') like 'pg-partsmith:%%' then 'marked' else 'lone' end
from pg_class c left join pg_inherits i on i.inhrelid = c.oid where c.oid = to_regclass('public.%s_%d')), 'gone')`, w.table, year(n)))
}

// clean fails the test if advisory locks or open transactions are left in the database. A server process that was killed needs
// a moment to end, so the server is asked until nothing is left.
func (w *world) clean() {
	w.t.Helper()
	const left = `select (select count(*) from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())) || ' advisory locks, ' ||
  (select count(*) from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
    and backend_type = 'client backend') || ' transactions'`
	const nothing = "0 advisory locks, 0 transactions"
	found := ""
	for began := time.Now(); time.Since(began) < 5*time.Second; {
		if found = w.db.Text(w.t, left); found == nothing {
			return
		}
	}
	w.t.Errorf("left over: %s", found)
}

// holding opens a transaction that runs a statement and stays open until the function returned is called.
func (w *world) holding(statement string) (release func(), pid int) {
	w.t.Helper()
	conn, err := w.db.SQL().Conn(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	tx, err := conn.BeginTx(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := tx.ExecContext(w.t.Context(), "set application_name to 'report'; "+statement); err != nil {
		w.t.Fatal(err)
	}
	if err := tx.QueryRowContext(w.t.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
		w.t.Fatal(err)
	}
	release = sync.OnceFunc(func() { _ = tx.Rollback(); _ = conn.Close() })
	w.t.Cleanup(release)
	return release, pid
}
