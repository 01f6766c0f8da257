package executor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// A concurrent detach and a FINALIZE wait for a long time for those who use the table, behind whose back they do it. But where
// the table has foreign keys, they end with a lock on each table that these reference, and whose writers do queue behind that.
// No setting of the session tells the one wait from the other: so a second session looks on, and cancels the statement if it is
// the other one. Without a second session such a step has the limits of what others queue behind.

// watcher is that second session.
type watcher struct{ *session.Session }

const (
	watchPause   = 40 * time.Millisecond
	watchOpening = 2 * time.Second // a pool that is too small for it gives no second session, ever
)

// queuedSQL cancels the statement of a session that has been waiting for longer than a limit for a lock on a relation that is
// not among its own. pg_locks.waitstart exists from PostgreSQL 14 on.
const queuedSQL = `select pg_catalog.pg_cancel_backend(l.pid) from pg_catalog.pg_locks l
where l.pid operator(pg_catalog.=) $1::pg_catalog.int4 and not l.granted and l.locktype operator(pg_catalog.=) 'relation'
  and l.relation operator(pg_catalog.<>) all ($2::pg_catalog.oid[])
  and l.waitstart operator(pg_catalog.<) (pg_catalog.clock_timestamp() operator(pg_catalog.-) $3::pg_catalog.interval)
limit 1`

// queuedError says that a statement was cancelled because others queued behind it.
type queuedError struct{ cause error }

func (e *queuedError) Error() string {
	return "others queued behind it for longer than the limit: " + e.cause.Error()
}
func (e *queuedError) Unwrap() error { return e.cause }

// openWatcher opens the second session if a step wants it.
func (r *run) openWatcher(ctx context.Context) {
	if r.Sessions == nil || !r.wantsWatcher() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, watchOpening)
	defer cancel()
	conn, err := r.Sessions.Conn(ctx)
	if err != nil {
		r.Log.DebugContext(ctx, "open second session", "error", err)
		return
	}
	s := session.On(conn)
	if err := s.Begin(ctx, r.Settings); err != nil {
		r.Log.DebugContext(ctx, "open second session", "error", err)
		_ = conn.Close()
		return
	}
	r.watcher = &watcher{s}
}

func (r *run) wantsWatcher() bool {
	for _, t := range r.tables {
		for _, step := range t.plan.Steps {
			if step.Watched {
				return true
			}
		}
	}
	return false
}

func (r *run) closeWatcher(ctx context.Context) {
	if r.watcher != nil {
		r.watcher.End(ctx)
		_ = r.watcher.Conn().Close()
	}
}

// during looks on while a session runs a statement.
func (w *watcher) during(ctx context.Context, pid int, step lifecycle.Step, limit time.Duration, run func() error) error {
	own := make([]string, 0, 2)
	for _, op := range step.Operations {
		own = append(own, fmt.Sprint(op.OID), fmt.Sprint(op.ParentOID))
	}
	done, cancelled := make(chan struct{}), make(chan bool, 1)
	go func() { cancelled <- w.look(ctx, done, pid, own, limit) }()
	err := run()
	close(done)
	if <-cancelled && sqlstate.Of(err) == "57014" {
		return &queuedError{err}
	}
	return err
}

// look asks again and again, and reports whether it has cancelled anything.
func (w *watcher) look(ctx context.Context, done <-chan struct{}, pid int, own []string, limit time.Duration) (cancelled bool) {
	ticker := time.NewTicker(watchPause)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return cancelled
		case <-ticker.C:
		}
		var hit bool
		err := w.Conn().QueryRowContext(ctx, queuedSQL, pid, "{"+strings.Join(own, ",")+"}", ddl.Millis(limit)).Scan(&hit)
		cancelled = cancelled || err == nil && hit
	}
}
