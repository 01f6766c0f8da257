package executor

import (
	"context"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// watchOpening bounds the opening of the session that looks on: a pool that is too small for it gives none, ever. Without it a
// step that is to be watched has the limits of what others queue behind.
const watchOpening = 2 * time.Second

// openWatcher opens the session that looks on if a step wants it.
func (r *run) openWatcher(ctx context.Context) {
	watched := func(s lifecycle.Step) bool { return s.Watched }
	if r.Sessions == nil || !slices.ContainsFunc(r.tables, func(t *table) bool { return slices.ContainsFunc(t.plan.Steps, watched) }) {
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
	r.watcher = s
}

func (r *run) closeWatcher(ctx context.Context) {
	if r.watcher != nil {
		r.watcher.End(ctx)
		_ = r.watcher.Conn().Close()
	}
}

// watched runs a statement while the second session looks on, where it must. What follows it, it runs unwatched.
func (r *run) watched(ctx context.Context, s *worker, step lifecycle.Step, limits lifecycle.Limits, run func() error) error {
	if !step.Watched || r.watcher == nil {
		return run()
	}
	return blocker.Watcher{Conn: r.watcher.Conn(), Limit: limits.Lock}.During(ctx, s.PID(), step.Operations, run)
}
