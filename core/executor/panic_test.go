package executor

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// What a caller hands in may panic. The panic goes on to the caller, and leaves no lock on the session, which may come from a
// pool, nor settings. Where several jobs work it is the failure of a table: in another goroutine nobody could recover it.
func TestAPanicOfTheCallerLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, jobs := range map[string]int{"one job": 1, "several jobs": 3} {
		for what, arm := range map[string]func(*Executor, func()){
			"progress": func(e *Executor, wild func()) { e.Progress = func(Done) { wild() } },
			"cut":      func(e *Executor, wild func()) { e.Cut = func(p lifecycle.Plan) lifecycle.Plan { wild(); return p } },
		} {
			for _, after := range []int32{1, 3, 5, 7, 9} {
				t.Run(name+" "+what, func(t *testing.T) {
					t.Parallel()
					is := is.New(t)
					w := newWorld(t, 0, 1).wants(lifecycle.Create, 5).wants(lifecycle.Detach, 0, 1)
					v, u := w.beside("a", 0, 1).wants(lifecycle.Create, 5).wants(lifecycle.Detach, 0, 1), w.beside("b", 0, 1).wants(lifecycle.Create, 5).wants(lifecycle.Detach, 0, 1)
					e := executor(w, v, u)
					e.Jobs, e.Sessions = jobs, w.db.SQL()
					var calls atomic.Int32
					arm(&e, func() {
						if calls.Add(1) >= after {
							panic("oh")
						}
					})
					conn := w.db.Conn(t)
					came := false
					func() {
						defer func() { came = recover() != nil || came }()
						results, _ := e.Run(t.Context(), conn, []lifecycle.Task{w.task(), v.task(), u.task()}, time.Time{})
						for _, r := range results {
							came = came || r.Failure != nil && strings.Contains(r.Failure.Error(), "panic: oh")
						}
					}()
					is.Equal(came, calls.Load() >= after)
					w.clean()
					var limit string
					is.NoErr(conn.QueryRowContext(t.Context(), "select current_setting('idle_session_timeout') || current_setting('lock_timeout')").Scan(&limit))
					is.Equal(limit, "00")
				})
			}
		}
	}
}
