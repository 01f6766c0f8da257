package executor

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

func TestASessionThatIsKilledEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"by a person":    "select pg_terminate_backend(pg_backend_pid())",
		"by its timeout": "set local idle_in_transaction_session_timeout = '0'; select pg_terminate_backend(pg_backend_pid())",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t).wants(lifecycle.Create, 1, 2, 3)
			v := w.beside("other").wants(lifecycle.Create, 1)
			w.alter = func(p *lifecycle.Plan) { p.Steps[1].Operations[0].Statements[0].SQL = statement }
			results, err := executor(w, v).Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
			is.True(errors.Is(err, SessionLost))
			is.Equal(fates(results[0]), "create ev_2101 done, create ev_2102 failed, create ev_2103 skipped")
			is.True(errors.Is(results[0].Done[1].Err, SessionLost))
			var failed *OperationError
			is.True(errors.As(results[0].Done[1].Err, &failed))
			is.Equal(failed.SQLState, "57P01")
			is.Equal(failed.Partition, w.name("ev_2102"))
			is.Equal(fates(results[1]), "create other_2101 skipped")
			is.True(errors.Is(results[1].Failure, SessionLost))
			w.clean()
		})
	}
}

func TestASessionThatDiesBetweenStepsEndsTheRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1)
	e := executor(w)
	conn := w.db.Conn(t)
	var pid int
	is.NoErr(conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
	e.Progress = func(Done) { w.db.Exec(t, "select pg_terminate_backend($1, 5000)", pid) }
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, SessionLost))
	is.Equal(results[0].Done[0].Status, Completed)
	is.True(!results[0].OK())
	w.clean()
}

func TestCancelBetweenStepsSkipsTheRest(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1, 2).wants(lifecycle.Detach, 0)
	ctx, cancel := context.WithCancel(t.Context())
	e := executor(w)
	e.Progress = func(Done) { cancel() }
	conn := w.db.Conn(t)
	results, err := e.Run(ctx, conn, []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, context.Canceled))
	is.Equal(fates(results[0]), "create ev_2101 done, create ev_2102 skipped, detach ev_2100 skipped")
	is.True(errors.Is(results[0].Failure, context.Canceled))
	is.NoErr(conn.PingContext(t.Context())) // the session lives
	w.clean()
}

func TestCancelByAHookSkipsItsOperationToo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1, 2)
	ctx, cancel := context.WithCancel(t.Context())
	e := executor(w)
	e.Hooks = []Hook{beforeOp("create public.ev_2101", func() error { cancel(); return nil })}
	conn := w.db.Conn(t)
	results, err := e.Run(ctx, conn, []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, context.Canceled))
	is.Equal(fates(results[0]), "create ev_2101 skipped, create ev_2102 skipped")
	is.NoErr(conn.PingContext(t.Context())) // the session lives
	w.clean()
}

func TestCancelWhileAStepIsTriedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	release, _ := w.holding("select from ev_2100")
	ctx, cancel := context.WithCancel(t.Context())
	e := executor(w)
	e.Log = onRetry(1, cancel)
	conn := w.db.Conn(t)
	results, err := e.Run(ctx, conn, []lifecycle.Task{w.task()}, time.Time{})
	release()
	is.True(errors.Is(err, context.Canceled))
	is.Equal(fates(results[0]), "detach ev_2100 failed")
	is.NoErr(conn.PingContext(t.Context()))
	w.clean()
}

func TestCancelInALongStatementEndsIt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1, 2)
	w.alter = func(p *lifecycle.Plan) { p.Steps[0].Operations[0].Statements[0].SQL = "select pg_sleep(600)" }
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		w.await("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')")
		cancel()
	}()
	results, err := executor(w).Run(ctx, w.db.Conn(t), []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, SessionLost))
	is.True(errors.Is(err, context.Canceled))
	is.Equal(fates(results[0]), "create ev_2101 failed, create ev_2102 skipped")
	w.await("select not exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')")
	w.clean()
}

// await waits until a query is true.
func (w *world) await(query string) {
	for w.t.Context().Err() == nil {
		var yes bool
		if err := w.db.SQL().QueryRowContext(w.t.Context(), query).Scan(&yes); err != nil || yes {
			return
		}
	}
}
