package executor

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

func TestARunCreatesDetachesAndDrops(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1, 2).wants(lifecycle.Create, 3, 4).wants(lifecycle.Detach, 0, 1).wants(lifecycle.Drop, 0)
	var heard []string
	e := executor(w)
	e.Progress = func(d Done) { heard = append(heard, d.Operation.ID) }
	r, err := w.run(e)
	is.NoErr(err)
	is.NoErr(r.Err())
	is.Equal(fates(r), "create ev_2103 done, create ev_2104 done, detach ev_2100 done, detach ev_2101 done, drop ev_2100 done")
	is.Equal(len(heard), 5)
	is.Equal(r.Task, w.task())
	is.Equal([]string{w.state(0), w.state(1), w.state(2), w.state(3), w.state(4)}, []string{"gone", "marked", "attached", "attached", "attached"})
	is.Equal(Count(r), Counts{Created: 2, Detached: 2, Dropped: 1})
	w.clean()

	again, err := w.run(e)
	is.NoErr(err)
	is.Equal(len(again.Done), 0)
}

func TestAConvergedRunOnlyReads(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0)
	holder := w.db.Conn(t)
	_, err := lock.Polling{}.Lock(t.Context(), holder, 0) // a long migration
	is.NoErr(err)
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.True(r.OK())
	is.Equal(w.reads, 1)
	is.Equal(r.LockWait, time.Duration(0))
}

// Another run makes the partition between the statements of the first reading.
func TestAnErrorCountsWhenItIsFoundTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0)
	w.alter = func(p *lifecycle.Plan) {
		if w.reads == 1 {
			p.Findings = append(p.Findings, lifecycle.Finding{Code: "name_taken", Severity: lifecycle.Error})
		}
	}
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.True(r.OK())
	is.Equal(len(r.Plan.Findings), 0)
	is.Equal(w.reads, 2)
}

func TestABusyMigratorsLockStopsCreation(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	_, err := lock.Polling{}.Lock(t.Context(), w.db.Conn(t), 0)
	is.NoErr(err)
	e := executor(w)
	e.Wait, e.SkipBusyRetirement = 0, true
	r, err := w.run(e)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
	is.Equal(busy.Key, lock.Goose)
	is.True(errors.As(r.Failure, &busy))
	is.Equal(fates(r), "create ev_2101 skipped, detach ev_2100 skipped")
	is.True(!r.OK())
}

func TestRetirementAloneCanWaitForAnotherRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	_, err := lock.Polling{}.Lock(t.Context(), w.db.Conn(t), 0)
	is.NoErr(err)
	e := executor(w)
	e.Wait, e.SkipBusyRetirement = time.Minute, true
	r, err := w.run(e)
	is.NoErr(err)
	is.True(r.OK())
	is.Equal(fates(r), "detach ev_2100 skipped")
	is.True(r.LockWait < 30*time.Second) // not the locker's whole patience

	e.Wait, e.SkipBusyRetirement = 0, false
	_, err = w.run(e)
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
}

func TestABusyTableDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	v := w.beside("other").wants(lifecycle.Create, 1)
	holder := w.db.Conn(t)
	var oid uint32
	is.NoErr(holder.QueryRowContext(t.Context(), "select 'ev'::regclass::oid::bigint").Scan(&oid))
	_, err := lock.TryTable(t.Context(), holder, oid)
	is.NoErr(err)
	results, err := executor(w, v).Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	var busy *lock.BusyError
	is.True(errors.As(results[0].Err(), &busy))
	is.Equal(busy.Table, oid)
	is.Equal(fates(results[0]), "create ev_2101 skipped")
	is.Equal(fates(results[1]), "create other_2101 done")
}

func TestSkippedKindsAndLaterInstants(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Create, 3).wants(lifecycle.Detach, 0).wants(lifecycle.Drop, 0)
	e := executor(w)
	e.Skip = []lifecycle.Kind{lifecycle.Drop}
	later := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task()}, later)
	is.NoErr(err)
	is.Equal(fates(results[0]), "detach ev_2100 skipped, drop ev_2100 skipped, create ev_2103 done")
	is.True(results[0].OK())

	e.AtDestroys = true
	results, err = e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task()}, later)
	is.NoErr(err)
	is.Equal(fates(results[0]), "drop ev_2100 skipped, detach ev_2100 done") // what is left out does not stop what goes before it
	is.Equal(w.state(0), "marked")
}

func TestAHeldSessionIsUsedAndLeftLocked(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	conn := w.db.Conn(t)
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	e := executor(w)
	e.Held = lease
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(fates(results[0]), "create ev_2101 done, detach ev_2100 done")
	is.NoErr(lease.Alive(t.Context()))
	is.NoErr(lease.Release(t.Context()))
	w.clean()
}

func TestASessionKeepsItsSettings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	w.alter = func(p *lifecycle.Plan) {
		for i := range p.Steps {
			if p.Steps[i].Outside {
				p.Steps[i].Role = "keeper"
			}
		}
	}
	w.db.Exec(t, "do $$ begin create role keeper; exception when duplicate_object or unique_violation then null; end $$")
	w.db.Exec(t, "alter table ev owner to keeper")
	w.db.Exec(t, "alter database "+w.db.Name+" set idle_session_timeout = '1min'")
	conn, err := w.db.As(t, w.db.Text(t, "select current_user")).Conn(t.Context()) // a new session, which knows it
	is.NoErr(err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), "set statement_timeout = 7000; set lock_timeout = '3s'")
	is.NoErr(err)
	results, err := executor(w).Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.NoErr(results[0].Err())
	var found string
	is.NoErr(conn.QueryRowContext(t.Context(), `select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
current_setting('idle_session_timeout'), current_setting('role'), current_setting('transaction_timeout', true))`).Scan(&found))
	is.True(strings.HasPrefix(found, "7s 3s 1min none"))
	is.Equal(w.state(0), "marked")
}

func TestASessionInsideATransactionIsRefused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	conn := w.db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "begin")
	is.NoErr(err)
	results, err := executor(w).Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.True(errors.Is(err, ErrInTransaction))
	is.True(errors.Is(results[0].Failure, ErrInTransaction))
	_, _ = conn.ExecContext(context.Background(), "rollback")
	is.Equal(w.state(1), "gone")
}

func TestAReadThatFailsFailsEveryTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t)
	e := executor(w)
	refused := errors.New("standby")
	e.read = func(context.Context, *sql.Conn, []lifecycle.Task, time.Time) (planner.Reading, error) {
		return planner.Reading{}, refused
	}
	r, err := w.run(e)
	is.True(errors.Is(err, refused))
	is.True(errors.Is(r.Failure, refused))
}

func TestAFailedCreationStopsRetirementOfThatTableAlone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	w.alter = func(p *lifecycle.Plan) {
		if p.Steps[0].Operations != nil {
			p.Steps[0].Operations[0].Statements[0].SQL = "select 1/0"
		}
	}
	v := w.beside("other", 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	results, err := executor(w, v).Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(fates(results[0]), "create ev_2101 failed, detach ev_2100 skipped")
	is.Equal(fates(results[1]), "create other_2101 done, detach other_2100 done")
	var failed *OperationError
	is.True(errors.As(results[0].Err(), &failed))
	is.Equal(failed.SQLState, "22012")
	w.clean()
}
