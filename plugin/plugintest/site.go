package plugintest

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// site is a database with one partitioned table, on which a test of the suite plays.
type site struct {
	t       *testing.T
	ctx     context.Context
	adapter Adapter
	db      *sql.DB
}

// The table, as it is before a run: a partition that has expired, the one of yesterday, none of today and after.
const table = `
create table plugintest_events (at timestamptz not null, n integer) partition by range (at);
create table plugintest_events__2024_05_01 partition of plugintest_events
	for values from ('2024-05-01 00:00:00+00') to ('2024-05-02 00:00:00+00');
create table plugintest_events__2024_05_14 partition of plugintest_events
	for values from ('2024-05-14 00:00:00+00') to ('2024-05-15 00:00:00+00');
insert into plugintest_events values ('2024-05-01 12:00:00+00', 1), ('2024-05-14 12:00:00+00', 2);`

// now is the instant of every run, in the past of any server, so that it may retire as well.
func now() time.Time { return time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC) }

// The partitions as the suite may find them.
const (
	asBefore   = "2024_05_01 2024_05_14"
	withNew    = "2024_05_01 2024_05_14 2024_05_15 2024_05_16"
	afterwards = "2024_05_14 2024_05_15 2024_05_16"
)

func newSite(t *testing.T, a Adapter) *site {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // an adapter that keeps a connection would wait for ever
	t.Cleanup(cancel)
	s := &site{t: t, ctx: ctx, adapter: a, db: a.Database(t)}
	if _, err := s.db.ExecContext(s.ctx, table); err != nil {
		t.Fatal(err)
	}
	return s
}

// lifecycle is the plug-in for the table: today and tomorrow must exist, two days are kept.
func (s *site) lifecycle() plugin.Lifecycle {
	return plugin.Lifecycle{
		Tasks: []lifecycle.Task{{
			Table: catalog.Name{Schema: "public", Table: "plugintest_events"},
			Policy: lifecycle.Policy{
				Every: period.Days(1),
				Ahead: period.Windows(2),
				Keep:  period.Windows(2),
			},
		}},
		At:       now(),
		Sessions: s.db,
		Strict:   true,
		Executor: executor.Executor{Locker: s.adapter.Locker},
	}
}

func (s *site) spy() *spy { return &spy{inner: s.lifecycle(), site: s} }

func (s *site) run(p plugin.Plugin, m Migration) ([]executor.Result, error) {
	results, err := s.adapter.Run(s.ctx, s.db, p, m)
	if spy, ok := p.(*spy); ok {
		s.check(spy.run.Migrator == s.adapter.Migrator, "the migrator is called %q", spy.run.Migrator)
	}
	return results, err
}

// The migrations. That of a good run makes a table, by which it is known.
func good() Migration {
	return Migration{Up: "create table plugintest_migrated ()", Down: "drop table plugintest_migrated"}
}

func bad() Migration {
	return Migration{Up: "do 'begin perform 1/0; end'", Down: "select 1"}
}

func asleep() Migration {
	return Migration{Up: "do 'begin perform pg_sleep(600); end'", Down: "select 1"}
}

const (
	migratedQuery = "select to_regclass('public.plugintest_migrated') is not null"
	unlockedQuery = `select not exists (select from pg_locks
		where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))`
	asleepQuery = `select exists (select from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid() and wait_event = 'PgSleep')`
	lockedAsleepQuery = `select exists (select from pg_stat_activity a join pg_locks l on l.pid = a.pid
		where a.datname = current_database() and a.wait_event = 'PgSleep' and l.locktype = 'advisory' and l.granted)`
)

// awaitAsleep returns when the migration is seen to run, or ctx has ended.
func (s *site) awaitAsleep(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			var there bool
			if s.db.QueryRowContext(ctx, asleepQuery).Scan(&there) == nil && there {
				return
			}
		}
	}
}

// sees asks on the session that the run holds, or else in the pool.
func (s *site) sees(ctx context.Context, run plugin.Run, query string) bool {
	var yes bool
	row := s.db.QueryRowContext
	if run.Conn != nil {
		row = run.Conn.QueryRowContext
	}
	err := row(ctx, query).Scan(&yes)
	s.check(err == nil, "%v", err)
	return yes
}

func (s *site) migrated() bool { return s.sees(s.ctx, plugin.Run{}, migratedQuery) }

func (s *site) check(ok bool, format string, args ...any) {
	s.t.Helper()
	if !ok {
		s.t.Errorf(format, args...)
	}
}

func (s *site) noError(err error) {
	s.t.Helper()
	s.check(err == nil, "%v", err)
}

func (s *site) called(spy *spy, calls ...string) {
	s.t.Helper()
	s.check(slices.Equal(spy.calls, calls), "called were %v, expected %v", spy.calls, calls)
}

func (s *site) outcome(spy *spy, err error, applied int) {
	s.t.Helper()
	s.check(spy.outcome.Err == err && spy.outcome.Applied == applied, "After was told %+v", spy.outcome)
}

// maintained: what was missing is there, what had expired is gone, and the results say so.
func (s *site) maintained(results []executor.Result) {
	s.t.Helper()
	s.partitions(afterwards)
	counts := executor.Count(results...)
	s.check(counts.Created == 2 && counts.Detached == 1, "the results count %+v", counts)
}

func (s *site) createdOnly() {
	s.t.Helper()
	s.partitions(withNew)
}

func (s *site) untouched() {
	s.t.Helper()
	s.partitions(asBefore)
}

func (s *site) partitions(want string) {
	s.t.Helper()
	const query = `select coalesce(string_agg(replace(c.relname, 'plugintest_events__', ''), ' ' order by c.relname), '')
		from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.plugintest_events'::regclass`
	var got string
	err := s.db.QueryRowContext(s.ctx, query).Scan(&got)
	s.check(err == nil && got == want, "the partitions are %s, expected %s (%v)", got, want, err)
}

// leftNothingBehind: every lock and every connection was given back, and nothing that was kept is lost.
func (s *site) leftNothingBehind() {
	s.t.Helper()
	s.check(within(func() bool { return s.db.Stats().InUse == 0 }), "connections are still in use")
	s.check(within(func() bool { return s.sees(s.ctx, plugin.Run{}, unlockedQuery) }), "advisory locks are still held")
	var rows string
	const kept = `select (select count(*) from public.plugintest_events where n = 2) || ' ' || (select count(*) from public.plugintest_events__2024_05_01)`
	s.noError(s.db.QueryRowContext(s.ctx, kept).Scan(&rows))
	s.check(strings.TrimSpace(rows) == "1 1", "rows were lost: %s", rows)
}

// within waits a little for what must become true. Where a cancelled statement cost a session its connection, the server needs a
// moment to notice; and database/sql rolls a transaction whose context has ended back in a goroutine of its own.
func within(ready func() bool) bool {
	for deadline := time.Now().Add(10 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}
