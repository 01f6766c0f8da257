package executor

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// tracer notes every statement that reaches the server.
type tracer struct {
	mu         sync.Mutex
	statements []string
}

func (tr *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.statements = append(tr.statements, q.SQL)
	return ctx
}

func (tr *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestNothingDueSendsNothingButTheReading(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0)
	config, err := pgx.ParseConfig(w.db.URL)
	is.NoErr(err)
	trace := &tracer{}
	config.Tracer = trace
	pool := stdlib.OpenDB(*config)
	defer pool.Close()
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	e := executor(w)
	e.read = func(context.Context, *sql.Conn, []lifecycle.Task, time.Time) (planner.Reading, error) {
		return planner.Reading{Server: catalog.Server{Version: 180000}, Tables: []planner.Planned{{Plan: lifecycle.Plan{At: time.Unix(0, 0)}}}}, nil
	}
	_, err = e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(len(trace.statements), 0)
}

func TestRetirementGivesWayToALockTakenMeanwhile(t *testing.T) {
	t.Parallel()
	for name, skip := range map[string]bool{"skip": true, "strict": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0, 1).wants(lifecycle.Create, 2).wants(lifecycle.Detach, 0, 1)
			v := w.beside("other", 0).wants(lifecycle.Detach, 0)
			other := w.db.Conn(t)
			e := executor(w, v)
			e.Wait, e.SkipBusyRetirement = 0, skip
			e.Hooks = []Hook{beforeOp("detach public.ev_2101", func() error {
				_, err := lock.Polling{}.Lock(t.Context(), other, 0)
				return err
			})}
			results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
			is.NoErr(err)
			is.Equal(fates(results[0]), "create ev_2102 done, detach ev_2100 done, detach ev_2101 skipped")
			is.Equal(fates(results[1]), "detach other_2100 skipped")
			for _, r := range results {
				is.Equal(r.OK(), skip)
				var busy *lock.BusyError
				is.Equal(errors.As(r.Err(), &busy), !skip)
			}
		})
	}
}

func TestALockThatIsNotHeldAnyMoreEndsTheRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1, 2)
	conn := w.db.Conn(t)
	e := executor(w)
	e.Hooks = []Hook{beforeOp("create public.ev_2102", func() error {
		_, err := conn.ExecContext(t.Context(), "select pg_advisory_unlock_all()")
		return err
	})}
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	var unlocked *lock.LostError
	is.True(errors.Is(err, SessionLost))
	is.True(errors.As(err, &unlocked))
	is.Equal(fates(results[0]), "create ev_2101 done, create ev_2102 failed")
	is.Equal(w.state(2), "gone")
}

func TestALongRetirementLetsAWaitingDeployIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	numbers := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	w := newWorld(t, numbers...).wants(lifecycle.Detach, numbers...)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	w.alter = func(p *lifecycle.Plan) {
		for i := range p.Steps {
			p.Steps[i].Statements = []ddl.Statement{{SQL: "select pg_sleep(0.12)"}}
		}
	}
	var left int
	other := w.db.Conn(t)
	got := make(chan error, 1)
	e := executor(w)
	e.Progress = func(Done) {
		if left++; left == 1 {
			go func() {
				slow := lock.Polling{Random: func() float64 { return 0.99 }}
				lease, err := slow.Lock(t.Context(), other, time.Minute)
				if err == nil {
					err = lease.Release(t.Context())
				}
				got <- err
			}()
		}
		if left == len(numbers) {
			select {
			case err := <-got:
				is.NoErr(err)
			default:
				is.Fail() // it waited until the end
			}
		}
	}
	r, err := w.run(e)
	is.NoErr(err)
	is.NoErr(r.Err())
}

// last is what an operation comes down to.
func last(statements []ddl.Statement) *ddl.Statement { return &statements[len(statements)-1] }

func TestOnlyOurOwnTimeoutIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement string
		fits      func(error) bool
	}{
		"ours":   {"select pg_sleep(1)", func(err error) bool { var e *RetriesError; return errors.As(err, &e) && e.Attempts > 1 }},
		"theirs": {"select pg_cancel_backend(pg_backend_pid())", func(err error) bool { var e *OperationError; return errors.As(err, &e) && e.Attempts == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t).wants(lifecycle.Create, 1)
			w.alter = func(p *lifecycle.Plan) { last(p.Steps[0].Operations[0].Statements).SQL = c.statement }
			e := executor(w)
			e.RetryFor = 300 * time.Millisecond
			r, err := w.run(e)
			is.NoErr(err)
			is.True(c.fits(r.Done[0].Err))
			is.Equal(w.state(1), "gone")
		})
	}
}

func TestACancelledRunUndoesWhatItPrepared(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	w.db.Exec(t, "create table ev_rest partition of ev default; create table gate ()")
	w.holding("lock table gate")
	w.alter = func(p *lifecycle.Plan) {
		undo := []ddl.Statement{{SQL: "alter table ev_rest drop constraint if exists prepared", Holds: true}}
		create := p.Steps[0]
		create.Undo, create.Statements = undo, []ddl.Statement{{SQL: "lock table gate", Holds: true}}
		p.Steps = []lifecycle.Step{{Prepares: []string{create.Operations[0].ID}, Undo: undo,
			Statements: []ddl.Statement{{SQL: "alter table ev_rest add constraint prepared check (at < '2101-01-01Z' or at >= '2102-01-01Z')", Holds: true}}}, create}
	}
	ctx, cancel := context.WithCancel(t.Context())
	e := executor(w)
	e.Log = onRetry(1, func() {
		is.Equal(w.db.Text(t, "select count(*) from pg_constraint where conname = 'prepared'"), "1")
		cancel()
	})
	results, err := e.Run(ctx, w.db.Conn(t), []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, context.Canceled))
	is.Equal(fates(results[0]), "create ev_2101 failed")
	is.Equal(w.db.Text(t, "select count(*) from pg_constraint where conname = 'prepared'"), "0")
}
