package executor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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

// retireAtOnce spreads the tables over several sessions. Each takes the keys of some tables on its own session and plans these again, so
// that lock and work are always on one session.
func (r *run) retireAtOnce(ctx context.Context, tables []*table) {
	tables = slices.DeleteFunc(tables, func(t *table) bool { return t.key == nil })
	r.giveBack(ctx, r.lead, tables)
	tables = slices.DeleteFunc(tables, func(t *table) bool { return !t.dueIn(true) })
	jobs := min(r.Jobs, len(tables))
	queue := make(chan []*table, len(tables))
	for some := range slices.Chunk(tables, min(readAtOnce, max(1, len(tables)/(4*max(jobs, 1))))) {
		queue <- some
	}
	close(queue)
	// A pool that is smaller than Jobs gives no further session until this one goes back to it: by then the work is done.
	opening, done := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for range jobs - 1 {
		workers.Go(func() { r.further(ctx, opening, nil, func(ctx context.Context, w *worker) { r.drain(ctx, w, queue) }) })
	}
	r.drain(ctx, r.lead, queue)
	done()
	workers.Wait()
	for some := range queue { // every session was lost
		for _, t := range some {
			t.stop(r, r.lead.lost())
		}
	}
}

// readAtOnce is how many tables are read and planned together for retirement. A session that is lost takes along what it has not come to.
const readAtOnce = 20

// drain retires tables on one session, as long as it lives.
func (r *run) drain(ctx context.Context, s *worker, queue <-chan []*table) {
	for s.Lost() == nil {
		tables, ok := <-queue
		if !ok {
			return
		}
		var taken []*table
		err := panics.Caught(func() (err error) { taken, err = r.takeOver(ctx, s, tables); return err })
		if taken == nil && err != nil {
			taken = tables
		}
		for _, t := range taken {
			r.retireOver(ctx, s, t, cmp.Or(err, s.lost()))
		}
	}
}

// retireOver retires a table that was taken over, or stops it where that failed.
func (r *run) retireOver(ctx context.Context, s *worker, t *table, err error) {
	defer t.giveBack(ctx, r, s)
	if err == nil {
		// What the caller handed in may panic. In a goroutine of ours nobody could recover that, and the program would end.
		err = panics.Caught(func() error { r.retireTable(ctx, s, t); return nil })
	}
	if err != nil {
		_ = panics.Caught(func() error { t.stop(r, err); return nil }) // which it tells Progress
	}
}

// takeOver takes tables over onto a session, under their keys, and plans them again. With an error those that it gives, or
// all, are to be stopped for it.
func (r *run) takeOver(ctx context.Context, s *worker, tables []*table) (taken []*table, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	taken, others, err := r.tryKeys(ctx, s, tables)
	if err != nil {
		return nil, s.check(ctx, fmt.Errorf("take the keys of tables: %w", err))
	}
	for _, o := range others {
		o.table.skipRest(r, &SkipError{Reason: "another run works on the table, and retirement can wait", Cause: o.err})
	}
	if len(taken) > 0 {
		err = r.plan(ctx, s, taken)
	}
	if err != nil {
		err = s.check(ctx, err)
	}
	return taken, err
}
