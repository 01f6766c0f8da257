package plugin

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// days is a policy with windows of a day, of which two must exist and two are kept.
func days() lifecycle.Policy {
	return lifecycle.Policy{
		Every: period.Days(1),
		Ahead: period.Windows(2),
		Keep:  period.Windows(2),
	}
}

// noon is in the past of any server, so that runs may retire.
func noon() time.Time { return time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC) }

func maintenance(db *sql.DB) Lifecycle {
	return Lifecycle{Sessions: db, At: noon(), Tasks: []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "events"}, Policy: days()}}}
}

const events = `
create table events (id int, at timestamptz not null, primary key (id, at)) partition by range (at);
create table events__2024_05_01 partition of events for values from ('2024-05-01 00:00+00') to ('2024-05-02 00:00+00');`

const today = `
create table events__2024_05_15 partition of events for values from ('2024-05-15 00:00+00') to ('2024-05-16 00:00+00');
create table events__2024_05_16 partition of events for values from ('2024-05-16 00:00+00') to ('2024-05-17 00:00+00');`

// pointed makes rows elsewhere point at the expired partition.
const pointed = `
insert into events values (1, '2024-05-01 12:00+00');
create table notes (id int, at timestamptz, foreign key (id, at) references events);
insert into notes values (1, '2024-05-01 12:00+00');`

// busy takes goose's lock on another session, to the end of the test.
func busy(t *testing.T, db *pgtest.Database) {
	t.Helper()
	lease, err := lock.Polling{}.Lock(t.Context(), db.Conn(t), 0)
	is.New(t).NoErr(err)
	t.Cleanup(func() { _ = lease.Release(context.Background()) })
}

func after(t *testing.T, l Lifecycle, outcome Outcome) (executor.Counts, error) {
	t.Helper()
	results, err := l.After(t.Context(), Run{Migrator: "test"}, outcome)
	return executor.Count(results...), err
}

func TestAfterSuccess(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	counts, err := after(t, maintenance(db.SQL()), Outcome{})
	is.NoErr(err)
	is.Equal(counts, executor.Counts{Created: 2, Detached: 1})
}

func TestAfterFailureOnlyCreates(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	counts, err := after(t, maintenance(db.SQL()), Outcome{Err: errOne})
	is.NoErr(err)
	is.Equal(counts, executor.Counts{Created: 2})
}

// refusing is a locker that nobody may ask.
type refusing struct{ t *testing.T }

func (r refusing) Lock(context.Context, *sql.Conn, time.Duration) (lock.Lease, error) {
	r.t.Error("the lock was asked for")
	return nil, errOne
}

func TestHeldSession(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	conn := db.Conn(t)
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	l := maintenance(nil) // no other connection
	l.Executor.Locker = refusing{t}
	results, err := l.After(t.Context(), Run{Conn: conn, Held: lease}, Outcome{})
	is.NoErr(err)
	is.Equal(executor.Count(results...), executor.Counts{Created: 2, Detached: 1})
	is.NoErr(lease.Alive(t.Context())) // it is left locked
	is.NoErr(lease.Release(t.Context()))
}

func TestCreateOnly(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	l := maintenance(db.SQL())
	l.CreateOnly = true
	cuts := 0
	l.Executor.Cut = func(p lifecycle.Plan) lifecycle.Plan { cuts++; return p }
	counts, err := after(t, l, Outcome{})
	is.NoErr(err)
	is.Equal(counts, executor.Counts{Created: 2})
	is.True(cuts > 0) // a cut of one's own stays
}

func TestAfterARunDownwards(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	results, err := maintenance(nil).After(t.Context(), Run{Direction: Down}, Outcome{})
	is.NoErr(err)
	is.Equal(len(results), 0) // not even a connection
}

// A converged database is left alone: whoever has the lock disturbs nobody.
func TestNothingDueNeedsNoLock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events+today+"drop table events__2024_05_01")
	busy(t, db)
	counts, err := after(t, maintenance(db.SQL()), Outcome{})
	is.NoErr(err)
	is.Equal(counts, executor.Counts{})
}

func TestBusyLock(t *testing.T) {
	t.Parallel()
	t.Run("only retirement is due", func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		db := pgtest.New(t)
		db.Exec(t, events+today)
		busy(t, db)
		l := maintenance(db.SQL())
		l.Strict = true
		results, err := l.After(t.Context(), Run{}, Outcome{})
		is.NoErr(err)
		is.Equal(results[0].Done[0].Status, executor.Skipped)
	})
	t.Run("creation is due, and inserts go on", func(t *testing.T) {
		t.Parallel()
		db := pgtest.New(t)
		db.Exec(t, events+today)
		busy(t, db)
		l := maintenance(db.SQL())
		l.Tasks[0].Policy.Ahead = period.Windows(4)
		for _, strict := range []bool{false, true} {
			is := is.New(t)
			var log bytes.Buffer
			l.Strict, l.Executor.Log = strict, slog.New(slog.NewTextHandler(&log, nil))
			results, err := l.After(t.Context(), Run{}, Outcome{})
			var busy *lock.BusyError
			is.Equal(errors.As(err, &busy), strict)
			is.Equal(err == nil, !strict)
			is.Equal(results[0].Done[0].Status, executor.Skipped)
			is.Equal(strings.Contains(log.String(), "skip creation and retirement"), !strict)
		}
	})
	t.Run("creation is due", func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		db := pgtest.New(t)
		db.Exec(t, events)
		busy(t, db)
		_, err := after(t, maintenance(db.SQL()), Outcome{})
		var busy *lock.BusyError
		is.True(errors.As(err, &busy))
	})
}

// What is left undone is a warning where rows find partitions for long enough.
func TestIncompleteButFarEnough(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, events+pointed)
	t.Run("warning", func(t *testing.T) {
		is := is.New(t)
		var log bytes.Buffer
		l := maintenance(db.SQL())
		l.Executor.Log = slog.New(slog.NewTextHandler(&log, nil))
		results, err := l.After(t.Context(), Run{}, Outcome{})
		is.NoErr(err)
		is.Equal(executor.Count(results...), executor.Counts{Created: 2})
		is.Equal(len(Incomplete(results)), 1)
		is.True(strings.Contains(log.String(), "level=WARN msg=\"maintenance incomplete\" table=public.events"))
	})
	t.Run("strict", func(t *testing.T) {
		is := is.New(t)
		l := maintenance(db.SQL())
		l.Strict = true
		_, err := after(t, l, Outcome{})
		var incomplete *IncompleteError
		is.True(errors.As(err, &incomplete))
		is.True(errors.Is(err, executor.Referenced))
		is.Equal(len(incomplete.Results), 1)
		is.True(strings.HasPrefix(err.Error(), "maintain partitions: incomplete\npublic.events: "))
	})
}

// Rows of tomorrow in DEFAULT keep tomorrow's partition from being made, and more of them can be inserted.
func TestIncompleteBesideADefaultPartition(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, events+"create table events_rest partition of events default; insert into events values (1, '2024-05-16 12:00+00')")
	t.Run("warning", func(t *testing.T) {
		is := is.New(t)
		var log bytes.Buffer
		l := maintenance(db.SQL())
		l.Executor.Log = slog.New(slog.NewTextHandler(&log, nil))
		results, err := l.After(t.Context(), Run{}, Outcome{})
		is.NoErr(err)
		is.Equal(len(Incomplete(results)), 1)
		is.True(strings.Contains(log.String(), "level=WARN msg=\"maintenance incomplete\" table=public.events"))
		is.True(strings.Contains(log.String(), "runway=\"from 2024-05-16T00:00:00Z on rows fall into its DEFAULT partition, and they must not before 2024-05-17T00:00:00Z\""))
	})
	t.Run("strict", func(t *testing.T) {
		is := is.New(t)
		l := maintenance(db.SQL())
		l.Strict = true
		_, err := after(t, l, Outcome{})
		var incomplete *IncompleteError
		is.True(errors.As(err, &incomplete))
		is.True(strings.HasSuffix(err.Error(), "; from 2024-05-16T00:00:00Z on rows fall into its DEFAULT partition, and they must not before 2024-05-17T00:00:00Z"))
	})
}

// A stranger has the name of tomorrow's partition.
func TestIncompleteAndTooShort(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events+"create table events__2024_05_16 (id int)")
	_, err := after(t, maintenance(db.SQL()), Outcome{})
	var incomplete *IncompleteError
	is.True(errors.As(err, &incomplete))
	is.True(strings.HasSuffix(err.Error(), "; its partitions reach only to 2024-05-16T00:00:00Z, and must to 2024-05-17T00:00:00Z"))
}

// closed gives no sessions.
type closed struct{}

func (closed) Conn(context.Context) (*sql.Conn, error) { return nil, errOne }

func TestNoConnection(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l := maintenance(nil)
	l.Sessions = closed{}
	results, err := l.After(t.Context(), Run{}, Outcome{})
	is.True(errors.Is(err, errOne))
	is.Equal(len(results), 0)
}

func TestAfterCancel(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := maintenance(db.SQL()).After(ctx, Run{}, Outcome{Err: context.Canceled})
	is.NoErr(err) // the migrator's own error says it
	_, err = maintenance(db.SQL()).After(ctx, Run{}, Outcome{})
	is.True(errors.Is(err, context.Canceled))
}

func TestBefore(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.NoErr(maintenance(new(sql.DB)).Before(t.Context(), Run{}))
	is.NoErr(maintenance(nil).Before(t.Context(), Run{Conn: new(sql.Conn)}))
	is.Equal(maintenance(nil).Before(t.Context(), Run{}).Error(), "lifecycle: no database is given")
	held, err := lock.None{}.Lock(t.Context(), nil, 0)
	is.NoErr(err)
	is.Equal(maintenance(new(sql.DB)).Before(t.Context(), Run{Held: held}).Error(), "lifecycle: the lock is held, and the session that holds it is not given")
	l := maintenance(new(sql.DB))
	l.Tasks[0].Policy.Keep.Windows = 0
	err = l.Before(t.Context(), Run{})
	var wrong *lifecycle.PolicyError
	is.True(errors.As(err, &wrong))
	is.True(strings.HasPrefix(err.Error(), "policy of public.events: keep: "))
}

func TestMaxTime(t *testing.T) {
	t.Parallel()
	for given, want := range map[time.Duration]time.Duration{0: 2 * time.Minute, time.Hour: time.Hour, -1: 0} {
		l := Lifecycle{Executor: executor.Executor{MaxTime: given}}
		is.New(t).Equal(l.executor(Run{}, Outcome{}).MaxTime, want)
	}
}

// The runway decides, whatever it was that stopped a table.
func TestJudge(t *testing.T) {
	t.Parallel()
	table := func(until int, failure error) executor.Result {
		at := func(day int) period.Point { return period.Instant(noon().AddDate(0, 0, day)) }
		return executor.Result{Plan: lifecycle.Plan{At: noon(), Runway: lifecycle.Runway{Until: at(until), Least: at(2)}}, Failure: failure}
	}
	beside := func(failure error, steps ...lifecycle.Step) executor.Result {
		r := table(1, failure)
		r.Plan.Runway.Default, r.Plan.Steps = true, steps
		return r
	}
	guarded := lifecycle.Step{Undo: []ddl.Statement{{SQL: "drop the CHECK"}}}
	unseen := executor.Result{Failure: errOne}
	misfit := executor.Result{Plan: lifecycle.Plan{At: noon()}, Failure: errOne}
	for name, test := range map[string]struct {
		results []executor.Result
		err     error
		strict  bool
		fails   bool
	}{
		"all is well":                   {results: []executor.Result{table(3, nil)}},
		"short but complete":            {results: []executor.Result{table(1, nil)}},
		"incomplete, far enough":        {results: []executor.Result{table(2, errOne)}},
		"incomplete, far, strict":       {results: []executor.Result{table(2, errOne)}, strict: true, fails: true},
		"incomplete and short":          {results: []executor.Result{table(3, nil), table(1, errOne)}, fails: true},
		"short elsewhere":               {results: []executor.Result{table(1, nil), table(3, errOne)}},
		"a table that fits no policy":   {results: []executor.Result{misfit}},
		"a lost session, far enough":    {results: []executor.Result{table(3, errOne)}, err: errOne},
		"a lost session, short":         {results: []executor.Result{table(1, errOne)}, err: errOne, fails: true},
		"short beside DEFAULT":          {results: []executor.Result{beside(errOne)}},
		"short beside DEFAULT, strict":  {results: []executor.Result{beside(errOne)}, strict: true, fails: true},
		"DEFAULT may refuse rows":       {results: []executor.Result{beside(errOne, guarded)}, fails: true},
		"DEFAULT refuses none":          {results: []executor.Result{beside(nil, guarded)}},
		"nothing could be looked at":    {results: []executor.Result{unseen}, err: errOne, fails: true},
		"the lock, though far enough":   {results: []executor.Result{table(3, errOne)}, err: &lock.BusyError{}, fails: true},
		"a table's own lock is another": {results: []executor.Result{table(3, &lock.BusyError{Table: 1})}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Lifecycle{Strict: test.strict}.judge(t.Context(), test.results, test.err)
			is.New(t).Equal(err != nil, test.fails)
		})
	}
}
