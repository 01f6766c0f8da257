package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// listener is a log handler that calls a function for every message.
type listener func(message string)

func (listener) Enabled(context.Context, slog.Level) bool { return true }
func (l listener) Handle(_ context.Context, r slog.Record) error {
	l(r.Message)
	return nil
}
func (l listener) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l listener) WithGroup(string) slog.Handler      { return l }

// onRetry calls a function when a step is about to be tried again for the nth time.
func onRetry(n int, call func()) *slog.Logger {
	count := 0
	return slog.New(listener(func(message string) {
		if message == "try again" {
			if count++; count == n {
				call()
			}
		}
	}))
}

func TestALongReaderIsNamedWhenADetachGivesUp(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1).wants(lifecycle.Drop, 0)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	_, pid := w.holding("select from ev_2100")
	e := executor(w)
	e.RetryFor = 300 * time.Millisecond
	r, err := w.run(e)
	is.NoErr(err)
	is.Equal(fates(r), "detach ev_2100 failed, detach ev_2101 done, drop ev_2100 skipped")
	var gaveUp *RetriesError
	is.True(errors.As(r.Err(), &gaveUp))
	is.Equal(gaveUp.Attempts, r.Done[0].Attempts)
	is.True(gaveUp.Attempts >= 2)
	is.Equal(gaveUp.SQLState, "55P03")
	is.Equal(gaveUp.Partition, w.name("ev_2100"))
	is.Equal(len(gaveUp.Blockers), 1)
	is.Equal(gaveUp.Blockers[0].PID, pid)
	is.Equal(gaveUp.Blockers[0].Application, "report")
	is.Equal(gaveUp.Blockers[0].State, "idle in transaction")
	is.True(gaveUp.Blockers[0].Transaction > 0)
	is.True(strings.Contains(r.Err().Error(), "in the way: pid "))
	is.Equal(w.state(0), "attached")
}

func TestADetachSucceedsWhenTheReaderLeaves(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	release, _ := w.holding("select from ev_2100")
	e := executor(w)
	other := w.db.Conn(t)
	e.Log = onRetry(2, func() {
		// In the pauses the migrator's lock is free for a deploy that waits.
		lease, err := lock.Polling{}.Lock(t.Context(), other, 0)
		is.NoErr(err)
		is.NoErr(lease.Release(t.Context()))
		release()
	})
	r, err := w.run(e)
	is.NoErr(err)
	is.NoErr(r.Err())
	is.True(r.Done[0].Attempts >= 3)
	w.clean()
}

func TestAConcurrentDetachDoesNotBeginBesideAnOldReader(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"superuser", "member"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0).wants(lifecycle.Detach, 0)
			conn := w.db.Conn(t)
			if role == "member" { // who does not see the age of others' transactions
				w.db.Exec(t, "do $$ begin create role member login; exception when duplicate_object or unique_violation then null; end $$")
				w.db.Exec(t, "alter table ev owner to member; alter table ev_2100 owner to member")
				var err error
				conn, err = w.db.As(t, "member").Conn(t.Context())
				is.NoErr(err)
			}
			release, pid := w.holding("select from ev")
			w.await(fmt.Sprintf("select clock_timestamp() - xact_start > '150ms' from pg_stat_activity where pid = %d", pid))
			e := executor(w)
			e.Limits, e.RetryFor = lifecycle.Limits{Patience: 100 * time.Millisecond}, 400*time.Millisecond
			results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
			is.NoErr(err)
			var gaveUp *RetriesError
			is.True(errors.As(results[0].Err(), &gaveUp))
			is.Equal(gaveUp.Attempts, 0)
			is.Equal(gaveUp.Blockers[0].PID, pid)
			is.Equal(w.state(0), "attached") // nothing pends

			release()
			results, err = e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
			is.NoErr(err)
			is.Equal(fates(results[0]), "detach ev_2100 done")
			is.NoErr(conn.Close())
		})
	}
}

func TestAnInterruptedDetachIsFinalizedInTheSameRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1)
	w.alter = hurried
	release, _ := w.holding("select from ev")
	e := executor(w)
	e.Limits = lifecycle.Limits{Lock: 10 * time.Minute, Statement: 150 * time.Millisecond} // the reader does not count as old, and the wait for it ends by statement_timeout
	e.Log = onRetry(1, release)                                                            // which is a try of the FINALIZE
	r, err := w.run(e)
	is.NoErr(err)
	is.NoErr(r.Err())
	is.Equal(fates(r), "finalize ev_2100 done, detach ev_2100 done, detach ev_2101 done")
	is.Equal(w.state(0), "marked")
	w.clean()
}

func TestADetachThatStaysPendingIsReported(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1).wants(lifecycle.Drop, 0)
	w.alter = hurried
	release, pid := w.holding("select from ev")
	e := executor(w)
	e.Limits, e.RetryFor = lifecycle.Limits{Lock: 10 * time.Minute, Statement: 150 * time.Millisecond}, 300*time.Millisecond
	r, err := w.run(e)
	is.NoErr(err)
	is.Equal(fates(r), "finalize ev_2100 failed, detach ev_2100 failed, detach ev_2101 skipped, drop ev_2100 skipped")
	is.True(errors.Is(r.Done[1].Err, DetachPending))
	var gaveUp *RetriesError
	is.True(errors.As(r.Done[1].Err, &gaveUp))
	is.Equal(gaveUp.Blockers[0].PID, pid)
	is.Equal(w.state(0), "pending")

	e = executor(w)
	e.RetryFor = 300 * time.Millisecond
	r, err = w.run(e) // the reader is still there
	is.NoErr(err)
	is.Equal(fates(r), "finalize ev_2100 failed, detach ev_2101 skipped, drop ev_2100 skipped")

	release()
	r, err = w.run(executor(w))
	is.NoErr(err)
	is.NoErr(r.Err())
	is.Equal(fates(r), "finalize ev_2100 done, detach ev_2101 done, drop ev_2100 done")
}

func TestTheTimeForTheRunIsOver(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	e := executor(w)
	e.MaxTime = time.Nanosecond
	r, err := w.run(e)
	is.NoErr(err)
	is.Equal(fates(r), "create ev_2101 done, detach ev_2100 skipped") // creation is never what is left out
	is.True(errors.Is(r.Failure, OutOfTime))
	w.clean()
}

func TestANameThatWasTakenMeanwhile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1, 2)
	w.alter = func(p *lifecycle.Plan) { // another takes the name after each planning
		if len(p.Steps) == 2 {
			p.Steps[0].Operations[0].Statements[0].SQL = "create temp table ev_2101 (); create temp table ev_2101 ()"
		}
	}
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.Equal(fates(r), "create ev_2101 failed, create ev_2102 done")
	is.True(errors.Is(r.Err(), NameTaken))
	var failed *OperationError
	is.True(errors.As(r.Err(), &failed))
	is.Equal(failed.SQLState, "42P07")
	is.Equal(w.reads, 3) // without locks, under them, and once more
}

func TestADropLooksAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before string
		fits   func(error) bool
	}{
		"attached again": {"alter table ev attach partition ev_2100 " + bound(0),
			func(err error) bool { return errors.Is(err, StillAttached) }},
		"without marker": {"comment on table ev_2100 is 'mine'",
			func(err error) bool { return errors.Is(err, NoMarker) }},
		"another table": {"drop table ev_2100; create table ev_2100 (important text); comment on table ev_2100 is '" + oldMarker + "'",
			func(err error) bool { return errors.Is(err, Changed) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0, 1)
			w.db.Exec(t, "alter table ev detach partition ev_2100; comment on table ev_2100 is '"+oldMarker+"'")
			w.wants(lifecycle.Drop, 0).wants(lifecycle.Detach, 1)
			first := true
			e := executor(w)
			e.Hooks = []Hook{{Before: func(context.Context, *sql.Conn, lifecycle.Operation) error {
				if first {
					w.db.Exec(t, c.before)
					w.wishes = w.wishes[1:]
				}
				first = false
				return nil
			}}}
			r, err := w.run(e)
			is.NoErr(err)
			is.Equal(fates(r), "drop ev_2100 failed, detach ev_2101 done")
			is.True(c.fits(r.Err()))
			is.True(w.state(0) != "gone")
		})
	}
}
