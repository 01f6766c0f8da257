package executor

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// busy keeps transactions of a length overlapping all the time until the test ends: an ordinary database by day.
func (w *world) busy(sessions int, statement string, length time.Duration) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var ready, all sync.WaitGroup
	for n := range sessions {
		conn := w.db.Conn(w.t)
		ready.Add(1)
		all.Go(func() {
			began := sync.OnceFunc(ready.Done)
			defer began()
			_, err := conn.ExecContext(ctx, "select pg_sleep("+seconds64(length*time.Duration(n)/time.Duration(sessions))+")")
			for err == nil && ctx.Err() == nil {
				_, err = conn.ExecContext(context.Background(), "begin isolation level repeatable read; "+statement+"; select pg_sleep("+seconds64(length)+"); commit")
				began()
			}
			if err != nil && ctx.Err() == nil {
				w.t.Errorf("be busy: %v", err)
			}
		})
	}
	ready.Wait()
	w.t.Cleanup(func() { cancel(); all.Wait() })
}

func seconds64(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func TestAFinalizeOnABusyDatabaseEnds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, "create table unrelated (n int)")
	interrupt(t, w.db, "ev__2055_11_01")
	w.busy(8, "select from unrelated", 500*time.Millisecond)
	results, err := Executor{AtDestroys: true}.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(4))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(Count(results...).Finalized, 1)
}

func TestAConcurrentDetachBesideOverlappingTransactionsEnds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.busy(5, "select from ev", 500*time.Millisecond)
	results, err := Executor{AtDestroys: true}.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(4))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(Count(results...).Detached, 1)
}

// The end of a concurrent detach locks what foreign keys reference. Its patience is not for those who write there.
func TestWritersOfAReferencedTableDoNotQueueBehindOurPatience(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, `create table ref (id int primary key); insert into ref values (1);
alter table ev add ref int references ref; insert into ev values ('2055-11-01 12:00Z', 1)`)
	apply(t, w.db, Executor{Skip: []lifecycle.Kind{lifecycle.Detach}}, daily("ev", period.Span{}), november(4)) // creation meets the writer as well
	holder := w.db.Conn(t)                                                                                      // a message without parameters leaves no snapshot behind, which a FINALIZE would wait for first
	_, err := holder.ExecContext(t.Context(), "begin; insert into ref values (2)")
	is.NoErr(err)
	release := func() {
		_, err := holder.ExecContext(t.Context(), "rollback")
		is.NoErr(err)
	}
	e := Executor{AtDestroys: true, Locker: lock.None{}, RetryFor: time.Minute, Sessions: w.db.SQL(), Limits: lifecycle.Limits{Patience: time.Minute}}
	writer := w.db.Conn(t)
	_, err = writer.ExecContext(t.Context(), "set statement_timeout = '5s'")
	is.NoErr(err)
	stop, written := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 3; ; n++ {
			select {
			case <-stop:
				written <- nil
				return
			default:
			}
			if _, err := writer.ExecContext(context.Background(), "insert into ref values ($1)", n); err != nil {
				written <- err
				return
			}
		}
	}()
	e.Log = onRetry(2, release)
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(4))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(Count(results...).Detached, 1)
	close(stop)
	is.NoErr(<-written)
	w.clean()
}
