package executor

import (
	"context"
	"sync"

	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// retire carries out retirement, table by table, those first that reference others of them. With several jobs these still go one
// after the other; the rest is spread.
func (r *run) retire(ctx context.Context) {
	several := r.Jobs > 1 && r.Sessions != nil && r.Held == nil
	var free []*table
	for _, t := range r.retiringOrder() {
		if several && !r.connected(t) {
			free = append(free, t)
			continue
		}
		r.renew(ctx, r.lead, t)
		if t.key != nil {
			r.retireTable(ctx, r.lead, t)
			t.giveBack(ctx, r, r.lead)
		}
	}
	if several {
		r.retireAtOnce(ctx, free)
	}
}

// retireTable retires what is due of one table, unless its creation failed: then nothing of it goes before somebody has looked.
func (r *run) retireTable(ctx context.Context, s *worker, t *table) {
	if !t.dueIn(true) {
		return
	}
	if err := t.broken(); err != nil {
		t.skipRest(r, &SkipError{Reason: "creation failed, so nothing of this table is retired", Cause: err})
		return
	}
	if err := r.busy.Load(); err != nil {
		r.leaveOut(t, *err)
		return
	}
	r.phase(ctx, s, []*table{t}, true, func(*table) {})
}

// retireAtOnce spreads the tables over several sessions. Each takes the table's key on its own session and plans again, so
// that lock and work are always on one session.
func (r *run) retireAtOnce(ctx context.Context, tables []*table) {
	queue := make(chan *table, len(tables))
	for _, t := range tables {
		if t.key == nil {
			continue
		}
		t.giveBack(ctx, r, r.lead)
		if t.dueIn(true) {
			queue <- t
		}
	}
	close(queue)
	// A pool that is smaller than Jobs gives no further session until this one goes back to it: by then the work is done.
	opening, done := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for range min(r.Jobs, len(queue)) - 1 {
		workers.Go(func() { r.further(ctx, opening, nil, func(ctx context.Context, w *worker) { r.drain(ctx, w, queue) }) })
	}
	r.drain(ctx, r.lead, queue)
	done()
	workers.Wait()
	for t := range queue { // every session was lost
		t.stop(r, r.lead.lost())
	}
}

// drain retires tables on one session, as long as it lives.
func (r *run) drain(ctx context.Context, s *worker, queue <-chan *table) {
	for s.Lost() == nil {
		t, ok := <-queue
		if !ok {
			return
		}
		// What the caller handed in may panic. In a goroutine of ours nobody could recover that, and the program would end.
		if err := panics.Caught(func() error { return r.takeOver(ctx, s, t) }); err != nil {
			_ = panics.Caught(func() error { t.stop(r, err); return nil }) // which it tells Progress
		}
	}
}

// takeOver retires one table on a session, under the table's key.
func (r *run) takeOver(ctx context.Context, s *worker, t *table) error {
	defer t.giveBack(ctx, r, s)
	if err := r.takeAgain(ctx, s, t); r.another(err) {
		t.skipRest(r, &SkipError{Reason: "another run works on the table, and retirement can wait", Cause: err})
		return nil
	} else if err != nil {
		return err
	}
	r.retireTable(ctx, s, t)
	return nil
}

// takeAgain takes a table over onto another session.
func (r *run) takeAgain(ctx context.Context, s *worker, t *table) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.take(ctx, s.Conn()); err != nil {
		return s.check(ctx, err)
	}
	if err := r.plan(ctx, s, []*table{t}); err != nil {
		return s.check(ctx, err)
	}
	return nil
}
