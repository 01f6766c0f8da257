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

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// world is a database with a partitioned table ev (key id; partition ev_3 holds [30, 40)), and wishes for it. Its reader plans
// what the wishes still lack, as the catalog stands: a small stand-in for the planner, which needs no clock and no policy.
type world struct {
	t      *testing.T
	db     *pgtest.Database
	table  string
	wishes []wish
	alter  func(*lifecycle.Plan) // changes every plan, may be nil
	mu     sync.Mutex
	reads  int
}

type wish struct {
	kind lifecycle.Kind
	n    int
}

// oldMarker is the comment of detached partitions in these tests.
const oldMarker = "pg-partsmith:orphan-parent=public.ev"

func newWorld(t *testing.T, parts ...int) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), table: "ev"}
	w.make("ev", parts...)
	return w
}

// make makes a partitioned table with some partitions.
func (w *world) make(table string, parts ...int) {
	w.t.Helper()
	w.db.Exec(w.t, "create table "+table+" (id bigint not null, note text) partition by range (id)")
	for _, n := range parts {
		w.db.Exec(w.t, fmt.Sprintf("create table %s_%d partition of %s for values from (%d) to (%d)", table, n, table, n*10, n*10+10))
	}
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

func (w *world) task() lifecycle.Task { return lifecycle.Task{Table: w.name(w.table)} }

func (w *world) name(table string) catalog.Name { return catalog.Name{Schema: "public", Table: table} }

// reader plans the worlds that the tasks name.
func reader1(worlds ...*world) reader {
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
			r.Tables = append(r.Tables, planner.Planned{Task: task, Plan: plan})
		}
		return r, nil
	}
}

func serverVersion(ctx context.Context, conn *sql.Conn) (version int) {
	_ = conn.QueryRowContext(ctx, "select current_setting('server_version_num')::int").Scan(&version)
	return version
}

func (w *world) plan(ctx context.Context, conn *sql.Conn, at time.Time) (lifecycle.Plan, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	p := lifecycle.Plan{Table: w.name(w.table), At: at}
	const query = "select 'public." + "%s'::regclass::oid::bigint, exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid" +
		" where i.inhparent = 'public.%s'::regclass and pg_get_expr(c.relpartbound, 0) = 'DEFAULT')"
	var oid int64
	var hasDefault bool
	if err := conn.QueryRowContext(ctx, fmt.Sprintf(query, w.table, w.table)).Scan(&oid, &hasDefault); err != nil {
		return p, err
	}
	p.OID = uint32(oid)
	for _, wish := range w.wishes {
		if err := w.lacks(ctx, conn, &p, wish, hasDefault); err != nil {
			return p, err
		}
	}
	if w.alter != nil {
		w.alter(&p)
	}
	return p, nil
}

// lacks plans what a wish still needs.
func (w *world) lacks(ctx context.Context, conn *sql.Conn, p *lifecycle.Plan, wish wish, hasDefault bool) error {
	op := lifecycle.Operation{Kind: wish.kind, Parent: p.Table, ParentOID: p.OID, Partition: w.name(fmt.Sprintf("%s_%d", w.table, wish.n))}
	op.ID = string(op.Kind) + " " + op.Partition.String()
	op.Bound = fmt.Sprintf("FOR VALUES FROM (%d) TO (%d)", wish.n*10, wish.n*10+10)
	var oid sql.NullInt64
	if err := conn.QueryRowContext(ctx, "select to_regclass($1)::oid::bigint", op.Partition.String()).Scan(&oid); err != nil {
		return err
	}
	op.OID = uint32(oid.Int64)
	state := goneState
	if oid.Valid {
		var err error
		if state, err = stateOfPartition(ctx, conn, op); err != nil {
			return err
		}
	}
	p.Steps = append(p.Steps, w.steps(op, state, hasDefault, p.At)...)
	return nil
}

func (w *world) steps(op lifecycle.Operation, state string, hasDefault bool, at time.Time) []lifecycle.Step {
	holds := func(format string, args ...any) ddl.Statement {
		return ddl.Statement{SQL: fmt.Sprintf(format, args...), Holds: true}
	}
	marker := holds("COMMENT ON TABLE %s IS '%s'", op.Partition, oldMarker)
	detach := fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s", op.Parent, op.Partition)
	switch {
	case op.Kind == lifecycle.Create && state == goneState:
		op.Locks = []lifecycle.RelationLock{{Relation: op.Parent, Mode: "SHARE UPDATE EXCLUSIVE"}}
		op.Statements = []ddl.Statement{{SQL: fmt.Sprintf("CREATE TABLE %s (LIKE %s INCLUDING ALL)", op.Partition, op.Parent)},
			holds("ALTER TABLE %s ATTACH PARTITION %s %s", op.Parent, op.Partition, op.Bound)}
		return []lifecycle.Step{{Operations: []lifecycle.Operation{op}}}
	case op.Kind == lifecycle.Detach && state == pendingState:
		op.Kind, op.ID = lifecycle.Finalize, "finalize "+op.Partition.String()
		op.Statements = []ddl.Statement{holds("%s FINALIZE", detach), marker}
		return []lifecycle.Step{{Operations: []lifecycle.Operation{op}, Retires: true}}
	case op.Kind == lifecycle.Detach && state == attachedState && hasDefault:
		op.Locks = []lifecycle.RelationLock{{Relation: op.Parent, Mode: "ACCESS EXCLUSIVE"}, {Relation: op.Partition, Mode: "ACCESS EXCLUSIVE"}}
		op.Statements = []ddl.Statement{holds("%s", detach), ddl.Guard(op.Partition, op.OID, ddl.NotAttached()), marker}
		return []lifecycle.Step{{Operations: []lifecycle.Operation{op}, Retires: true}}
	case op.Kind == lifecycle.Detach && state == attachedState:
		op.Concurrent = true
		op.Statements = []ddl.Statement{holds("%s CONCURRENTLY", detach)}
		return []lifecycle.Step{{Prepares: []string{op.ID}, Statements: []ddl.Statement{marker}, Retires: true},
			{Operations: []lifecycle.Operation{op}, Outside: true, Retires: true}}
	case op.Kind == lifecycle.Drop && state != goneState:
		op.Destroys = true
		op.Statements = []ddl.Statement{holds("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", op.Partition),
			ddl.Guard(op.Partition, op.OID, ddl.NotAttached(), ddl.Commented(oldMarker)), holds("DROP TABLE %s", op.Partition)}
		return []lifecycle.Step{{Operations: []lifecycle.Operation{op}, Retires: true}}
	}
	return nil
}

// executor is one for the worlds, whose locks are tried once.
func executor(worlds ...*world) Executor {
	return Executor{Locker: lock.Polling{}, Wait: 10 * time.Second, RetryFor: 20 * time.Second, read: reader1(worlds...)}
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
from pg_class c left join pg_inherits i on i.inhrelid = c.oid where c.oid = to_regclass('public.%s_%d')), 'gone')`, w.table, n))
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
