package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// lockerThat is goose's lock, and does something before it is taken.
type lockerThat func(context.Context)

func (l lockerThat) Lock(ctx context.Context, conn *sql.Conn, _ time.Duration) (lock.Lease, error) {
	l(ctx)
	return lock.Polling{}.Lock(ctx, conn, 10*time.Second)
}

// Six tables with three partitions each meet the same dump. Its end is waited for once, and a deploy has the key meanwhile.
func TestCreationMeetsOneBlockerOnceAndGivesTheKeyBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1, 2, 3)
	worlds := []*world{w}
	for _, name := range []string{"a", "b", "c", "d", "f"} {
		worlds = append(worlds, w.beside(name, 0).wants(lifecycle.Create, 1, 2, 3))
	}
	var tasks []lifecycle.Task
	for _, v := range worlds {
		w.db.Exec(t, fmt.Sprintf("create table %s_rest partition of %[1]s default", v.table))
		tasks = append(tasks, v.task())
	}
	release, _ := w.holding("lock table ev_rest, a_rest, b_rest, c_rest, d_rest, f_rest in access share mode")
	e := executor(worlds...)
	e.RetryFor = 900 * time.Millisecond
	deploy := w.db.Conn(t)
	took := time.Duration(-1)
	var met time.Time
	e.Log = onRetry(1, func() {
		met = time.Now()
		go func() {
			began := time.Now()
			lease, err := lock.Polling{}.Lock(t.Context(), deploy, time.Minute)
			if err == nil {
				took = time.Since(began)
				err = lease.Release(t.Context())
			}
			is.NoErr(err)
		}()
	})
	results, err := e.Run(t.Context(), w.db.Conn(t), tasks, time.Time{})
	is.NoErr(err)
	for _, r := range results {
		var gaveUp *RetriesError
		is.True(errors.As(r.Err(), &gaveUp))
		is.Equal(len(r.Done), 3)
	}
	is.True(time.Since(met) < 18*e.RetryFor) // not one budget for each of the 18
	is.True(took >= 0 && took < 5*time.Second)

	release()
	results, err = executor(worlds...).Run(t.Context(), w.db.Conn(t), tasks, time.Time{})
	is.NoErr(err)
	is.Equal(Count(results...).Created, 18)
	w.clean()
}

// What meets nobody is done in the first round, whatever another table waits for.
func TestATableBehindABlockerDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1, 2)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	v := w.beside("other", 0).wants(lifecycle.Create, 1)
	release, _ := w.holding("select from ev_rest")
	e := executor(w, v)
	var order []string
	e.Progress = func(d Done) { order = append(order, d.Operation.Partition.Table) }
	e.Log = onRetry(2, release)
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(order, []string{"other_2101", "ev_2101", "ev_2102"})
}

func TestLimitsOfSteps(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ms := time.Millisecond
	is.Equal(lifecycle.Limits{Lock: 400 * ms}.Filled().Statement, 450*ms) // the companion is raised with it
	is.Equal(lifecycle.Step{Deadlock: time.Second}.LockLimit(lifecycle.Limits{Lock: 5 * time.Second}), 900*ms)
	is.Equal(lifecycle.Step{Deadlock: time.Second}.StatementLimit(lifecycle.Limits{Lock: 5 * time.Second}), 950*ms)
	is.Equal(lifecycle.Step{}.StatementLimit(lifecycle.Limits{}), 150*ms)
	is.Equal(lifecycle.Step{Unqueued: true, Deadlock: time.Second}.LockLimit(lifecycle.Limits{}), 10*time.Second)
	is.Equal(lifecycle.Step{Unqueued: true}.StatementLimit(lifecycle.Limits{}), time.Duration(0))
	var ladder []time.Duration
	for try := 1; try <= 4; try++ {
		ladder = append(ladder, lifecycle.Limits{MaxStall: 400 * ms}.Climbed(try).Lock)
	}
	is.Equal(ladder, []time.Duration{100 * ms, 200 * ms, 400 * ms, 400 * ms})
	is.Equal(lifecycle.Limits{Lock: 500 * ms}.Climbed(3).Lock, 500*ms)
	is.Equal(lifecycle.Limits{}.Climbed(9).Lock, 250*ms)
}

// The finding about what everybody must wait for tells which transactions it met.
func TestAPlainDetachTellsWhatWouldGetThrough(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	apply(t, w.db, Executor{Skip: []lifecycle.Kind{lifecycle.Detach}}, daily("ev", period.Span{Set: true}), november(5))
	w.holding("select from ev")
	e := Executor{AtDestroys: true, RetryFor: time.Second, Limits: lifecycle.Limits{MaxStall: 150 * time.Millisecond}}
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{Set: true})}, november(5))
	is.NoErr(err)
	is.Equal(fates(results[0]), "detach ev__2055_11_01 failed, detach ev__2055_11_02 failed, drop ev__2055_11_01 skipped, drop ev__2055_11_02 skipped")
	var gaveUp *RetriesError
	is.True(errors.As(results[0].Err(), &gaveUp))
	is.Equal(gaveUp.Stall, 150*time.Millisecond)
	is.True(gaveUp.Longest > 150*time.Millisecond)
}

// A database where everything is read-only by default, as before a switch-over, is no obstacle to those who may write.
func TestADefaultOfReadOnlyIsOverridden(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, "alter database "+w.db.Name+" set default_transaction_read_only = on; alter database "+w.db.Name+" set default_transaction_isolation = 'serializable'")
	conn, err := w.db.As(t, w.db.Text(t, "select current_user")).Conn(t.Context()) // a new session, which knows it
	is.NoErr(err)
	defer conn.Close()
	results, err := Executor{AtDestroys: true}.Run(t.Context(), conn, []lifecycle.Task{daily("ev", period.Span{Set: true})}, november(4))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(Count(results...), Counts{Created: 2, Detached: 1, Dropped: 1})
}

// A pool of one connection has no second session to give.
func TestMoreJobsThanThePoolHasSessions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	v := w.beside("other", 0).wants(lifecycle.Detach, 0)
	pool, err := sql.Open("pgx", w.db.URL)
	is.NoErr(err)
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	e := executor(w, v)
	e.Jobs, e.Sessions = 4, pool
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(Count(results...).Detached, 2)
}

func TestAVetoThatLeavesATransactionOpenIsAFailure(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	conn := w.db.Conn(t)
	e := executor(w)
	e.Hooks = []Hook{beforeOp("detach public.ev_2100", func() error {
		_, err := conn.ExecContext(t.Context(), "begin")
		is.NoErr(err)
		return ErrNotYet
	})}
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.True(errors.Is(results[0].Err(), ErrInTransaction))
	is.Equal(fates(results[0]), "detach ev_2100 failed")
	w.clean()
}
