package executor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// daily is a policy of days: two exist ahead, three are kept, and what is detached is dropped at once or never.
func daily(table string, dropAfter period.Span) lifecycle.Task {
	return lifecycle.Task{Table: catalog.Name{Schema: "public", Table: table}, Policy: lifecycle.Policy{
		Every: period.Span{Days: 1, Set: true}, Ahead: period.Span{Windows: 2, Set: true}, Keep: period.Span{Windows: 3, Set: true}, DropAfter: dropAfter}}
}

// apply runs one task with the real planner.
func apply(t *testing.T, db *pgtest.Database, e Executor, task lifecycle.Task, at time.Time) Result {
	t.Helper()
	e.AtDestroys = true // these days lie in the future, so that a marker's instant is the run's and not the server's
	results, err := e.Run(t.Context(), db.Conn(t), []lifecycle.Task{task}, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := results[0].Err(); err != nil {
		t.Fatal(err)
	}
	return results[0]
}

func november(day int) time.Time { return time.Date(2055, 11, day, 6, 0, 0, 0, time.UTC) }

func TestDaysGoByOnARealServer(t *testing.T) {
	t.Parallel()
	for name, withDefault := range map[string]bool{"concurrently": false, "beside DEFAULT": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, "create table ev (id bigint generated always as identity, at timestamptz not null, primary key (at, id)) partition by range (at)")
			if withDefault {
				db.Exec(t, "create table ev_rest partition of ev default")
			}
			task := daily("ev", period.Span{Days: 2, Set: true})
			first := apply(t, db, Executor{}, task, november(1))
			is.Equal(Count(first), Counts{Created: 2})
			db.Exec(t, "insert into ev (at) values ('2055-11-01 12:00Z'), ('2055-11-02 12:00Z')")
			is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{})

			is.Equal(Count(apply(t, db, Executor{}, task, november(4))), Counts{Created: 2, Detached: 1})
			is.Equal(Count(apply(t, db, Executor{}, task, november(5))), Counts{Created: 1, Detached: 1})
			is.Equal(Count(apply(t, db, Executor{}, task, november(6))), Counts{Created: 1, Dropped: 1})
			is.Equal(Count(apply(t, db, Executor{}, task, november(6))), Counts{})
			is.Equal(db.Text(t, "select count(*) from ev"), "0")
			is.Equal(db.Text(t, "select count(*) from pg_class where relname like 'ev\\_\\_%' and relkind = 'r' and not relispartition"), "1")
		})
	}
}

func TestDetachAndDropInOneRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, "create table ev (at timestamptz not null) partition by range (at)")
	task := daily("ev", period.Span{Set: true})
	apply(t, db, Executor{}, task, november(1))
	is.Equal(Count(apply(t, db, Executor{}, task, november(20))), Counts{Created: 2, Detached: 2, Dropped: 2})
}

// interrupt leaves the detach of a partition pending, as a cancelled DETACH CONCURRENTLY does.
func interrupt(t *testing.T, db *pgtest.Database, partition string) {
	t.Helper()
	reader, err := db.SQL().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	if _, err := reader.ExecContext(t.Context(), "select from ev"); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t)
	_, _ = conn.ExecContext(t.Context(), "set lock_timeout = 50")
	if _, err := conn.ExecContext(t.Context(), "alter table ev detach partition "+partition+" concurrently"); sqlstate.Of(err) != "55P03" {
		t.Fatalf("detach was not interrupted: %v", err)
	}
	_, _ = conn.ExecContext(context.WithoutCancel(t.Context()), "reset lock_timeout")
}

func TestPendingDetachesAreFinishedOrTakenBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, "create table ev (at timestamptz not null) partition by range (at)")
	task := daily("ev", period.Span{})
	apply(t, db, Executor{}, task, november(1))
	db.Exec(t, "insert into ev values ('2055-11-02 12:00Z')")
	interrupt(t, db, "ev__2055_11_02")
	is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{Finalized: 1, Attached: 1})
	is.Equal(db.Text(t, "select count(*) from ev"), "1")
	is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{})

	interrupt(t, db, "ev__2055_11_01")
	is.Equal(Count(apply(t, db, Executor{}, task, november(5))), Counts{Created: 2, Finalized: 1, Detached: 1})
	is.Equal(Count(apply(t, db, Executor{}, task, november(5))), Counts{})
}

func TestFiftyConvergedTablesAreReadInOneTransaction(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	var tasks []lifecycle.Task
	for i := range 50 {
		name := "t" + string(rune('a'+i/10)) + string(rune('0'+i%10))
		db.Exec(t, "create table "+name+" (at timestamptz not null) partition by range (at)")
		tasks = append(tasks, daily(name, period.Span{}))
	}
	_, err := Executor{}.Run(t.Context(), db.Conn(t), tasks, november(1))
	is.NoErr(err)

	config, err := pgx.ParseConfig(db.URL)
	is.NoErr(err)
	trace := &tracer{}
	config.Tracer = trace
	pool := stdlib.OpenDB(*config)
	defer pool.Close()
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	_, err = lock.Polling{}.Lock(t.Context(), db.Conn(t), 0) // somebody's long migration
	is.NoErr(err)
	results, err := Executor{}.Run(t.Context(), conn, tasks, november(1))
	is.NoErr(err)
	for _, r := range results {
		is.NoErr(r.Err())
		is.Equal(len(r.Done), 0)
	}
	is.True(len(trace.statements) <= 6) // begin, settings, three that read, end
	for _, s := range trace.statements {
		is.True(!strings.Contains(s, "advisory"))
	}
}
