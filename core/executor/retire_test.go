package executor

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// With several jobs tables are read together for retirement, and not each alone.
func TestSeveralJobsReadTogether(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0)
	worlds, tasks := []*world{w}, []lifecycle.Task{w.task()}
	for i := range 39 {
		v := w.beside(fmt.Sprintf("v%d", i), 0, 1).wants(lifecycle.Detach, 0)
		worlds, tasks = append(worlds, v), append(tasks, v.task())
	}
	e := executor(worlds...)
	var together atomic.Int32
	read := e.read
	e.read = func(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (planner.Reading, error) {
		if len(tasks) == 5 { // an eighth: four times on each session
			together.Add(1)
		}
		return read(ctx, conn, tasks, at)
	}
	e.Jobs, e.Sessions = 2, w.db.SQL()
	results, err := e.Run(t.Context(), w.db.Conn(t), tasks, time.Time{})
	is.NoErr(err)
	for _, result := range results {
		is.NoErr(result.Err())
		is.Equal(Count(result).Detached, 1)
	}
	is.Equal(together.Load(), int32(8))
}

// A session that is lost takes along what it had taken, and no more: the others retire the rest.
func TestSeveralJobsLoseASession(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0)
	worlds, tasks := []*world{w}, []lifecycle.Task{w.task()}
	for i := range 23 {
		v := w.beside(fmt.Sprintf("v%d", i), 0, 1).wants(lifecycle.Detach, 0)
		worlds, tasks = append(worlds, v), append(tasks, v.task())
	}
	e, lead := executor(worlds...), w.db.Conn(t)
	e.Jobs, e.Sessions = 2, w.db.SQL()
	killed, once := make(chan struct{}), sync.Once{}
	e.Hooks = []Hook{{Before: func(ctx context.Context, conn *sql.Conn, _ lifecycle.Operation) error {
		if conn == lead { // it goes on when the other one is lost
			<-killed
			return nil
		}
		once.Do(func() {
			_, _ = conn.ExecContext(ctx, "select pg_terminate_backend(pg_backend_pid())")
			close(killed)
		})
		return nil
	}}}
	results, err := e.Run(t.Context(), lead, tasks, time.Time{})
	is.NoErr(err)
	failed := 0
	for _, result := range results {
		if result.Err() != nil {
			failed++
		}
	}
	is.Equal(failed, 3) // an eighth
	is.Equal(Count(results...).Detached, 21)
}

func TestSeveralJobsRetireAtOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Create, 5).wants(lifecycle.Detach, 0, 1)
	worlds, tasks := []*world{w}, []lifecycle.Task{w.task()}
	for _, name := range []string{"a", "b", "c"} {
		v := w.beside(name, 0, 1).wants(lifecycle.Create, 5).wants(lifecycle.Detach, 0).wants(lifecycle.Drop, 0)
		worlds, tasks = append(worlds, v), append(tasks, v.task())
	}
	e := executor(worlds...)
	e.Jobs, e.Sessions = 3, w.db.SQL()
	results, err := e.Run(t.Context(), w.db.Conn(t), tasks, time.Time{})
	is.NoErr(err)
	is.Equal(fates(results[0]), "create ev_2105 done, detach ev_2100 done, detach ev_2101 done")
	for i, name := range []string{"a", "b", "c"} {
		is.NoErr(results[i+1].Err())
		is.Equal(fates(results[i+1]), strings.ReplaceAll("create x_2105 done, detach x_2100 done, drop x_2100 done", "x", name))
	}
	w.clean()
}
