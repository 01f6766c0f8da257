package executor

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// Creation on several sessions. One of them, the leading one, has the migrator's key and those of all tables; the others work
// under these, and ask in every transaction whether the leading session still has them. What is not plain, and what has met
// somebody, is left to the leading session alone.

// spread is what the sessions of one creation share.
type spread struct {
	*run
	queue   chan []*table // lanes: tables that share a foreign key, each after those that it references
	gate    sync.RWMutex  // held by whoever works beside the leading session; taken by that while the keys are left to others
	stopped bool          // the keys are gone
	idle    chan *table   // tables that need nothing more
}

// createAtOnce makes what is plainly missing of tables, several at a time.
func (r *run) createAtOnce(ctx context.Context, tables []*table) {
	lanes := r.lanes(tables)
	if _, travels := lock.QuestionBeside(r.lead.held); !travels || r.Jobs < 2 || r.Sessions == nil || r.Held != nil || len(lanes) < 2 {
		return
	}
	p := &spread{run: r, queue: make(chan []*table, len(lanes)), idle: make(chan *table, len(tables))}
	for _, lane := range lanes {
		p.queue <- lane
	}
	close(p.queue)
	// A pool that is smaller than Jobs gives no further session until this one goes back to it: by then the work is done.
	opening, done := context.WithCancel(ctx)
	defer done()
	var workers sync.WaitGroup
	for range min(r.Jobs, len(lanes)) - 1 {
		workers.Go(func() { r.further(ctx, opening, r.lead, p.drain) })
	}
	p.lead(ctx)
	done()
	p.await(ctx, &workers)
}

// lanes are the tables with something plain to do, those that must not be worked on at once together.
func (r *run) lanes(tables []*table) [][]*table {
	var order []int
	lanes := map[int][]*table{}
	for _, t := range tables {
		if _, step, ok := t.next(false); !ok || !plain(step) {
			continue
		}
		if lanes[t.lane] == nil {
			order = append(order, t.lane)
		}
		lanes[t.lane] = append(lanes[t.lane], t)
	}
	all := make([][]*table, len(order))
	for i, lane := range order {
		all[i] = lanes[lane]
	}
	return all
}

// plain reports whether a step is one transaction that only makes partitions, under limits that bound it.
func plain(step lifecycle.Step) bool {
	other := func(op lifecycle.Operation) bool { return op.Kind != lifecycle.Create }
	return len(step.Operations) > 0 && !slices.ContainsFunc(step.Operations, other) && len(step.Prepares)+len(step.Undo) == 0 &&
		!step.Retires && !step.Outside && !step.Patient && !step.Unqueued && !step.Watched && !step.Climbs
}

// drain works through lanes on a session beside the leading one.
func (p *spread) drain(ctx context.Context, s *worker) {
	for lane := range p.queue {
		for _, t := range lane {
			// What the caller handed in may panic. In a goroutine of ours nobody could recover that, and the program would end.
			if err := panics.Caught(func() error { p.workBeside(ctx, s, t); return nil }); err != nil {
				_ = panics.Caught(func() error { t.stop(p.run, err); return nil }) // which it tells Progress
			}
		}
	}
}

func (p *spread) workBeside(ctx context.Context, s *worker, t *table) {
	work := func() bool {
		p.gate.RLock()
		defer p.gate.RUnlock()
		return !p.stopped && p.one(ctx, s, t)
	}
	for work() {
	}
}

// one carries out the next plain step of a table, and reports whether there was one.
func (p *spread) one(ctx context.Context, s *worker, t *table) bool {
	i, step, ok := t.next(false)
	switch {
	case ok && (!plain(step) || p.over(ctx, s, t, false) != nil):
		return false
	case ok:
		began := time.Now()
		p.step(ctx, s, t, i, step)
		t.took += time.Since(began)
		return true
	case len(t.blocked) == 0 && !t.dueIn(true):
		p.idle <- t
	}
	return false
}

// lead works through lanes on the leading session, and leaves the keys to others now and then.
func (p *spread) lead(ctx context.Context) {
	for lane := range p.queue {
		for _, t := range lane {
			for p.breather(ctx) && p.one(ctx, p.run.lead, t) {
			}
			p.dismiss(ctx, idleMost)
		}
	}
}

// breather lets others have the migrator's key when it is time for that, while nobody works beside us. It reports whether we have it.
func (p *spread) breather(ctx context.Context) bool {
	lead := p.run.lead
	if lock.IsNone(p.Locker) || time.Since(lead.since) <= creating || p.stopped {
		return !p.stopped
	}
	p.gate.Lock()
	defer p.gate.Unlock()
	err := p.breathe(ctx, lead)
	if err == nil && lead.held == nil {
		err = p.holdAgain(ctx)
	}
	p.stopped = err != nil || lead.Lost() != nil
	return !p.stopped
}

// holdAgain takes the migrator's key once more. Where that fails, the next step of the leading session finds out, and says so.
func (p *spread) holdAgain(ctx context.Context) error {
	lease, err := p.lease(ctx, p.run.lead.Conn(), true)
	if err == nil {
		p.run.lead.held, p.run.lead.since = lease, time.Now()
	}
	return err
}

// dismiss gives back the keys of tables that need nothing more, where there are so many.
func (p *spread) dismiss(ctx context.Context, least int) {
	if len(p.idle) < least {
		return
	}
	var idle []*table
	for range len(p.idle) {
		idle = append(idle, <-p.idle)
	}
	p.giveBack(ctx, p.run.lead, idle)
}

// await waits for the others. Meanwhile the keys are left to who waits for them, as always.
func (p *spread) await(ctx context.Context, workers *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() { workers.Wait(); close(ended) }()
	ticker := time.NewTicker(creating / 8)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
			if p.breather(ctx) {
				_ = p.run.lead.Conn().PingContext(ctx) // a silent session would be ended, and the locks with it
			}
		}
	}
}

// keysGoneError says of a session that worked beside the leading one that this one has lost its locks. Nothing of it is a server's
// last word, so nothing is tried again on either.
type keysGoneError struct{ cause string }

func (e *keysGoneError) Error() string {
	return "the session that leads the run has lost its locks, or is gone: " + e.cause
}

// question asks whether the locks are held on which a session works.
func (w *worker) question(leases ...lock.Lease) (string, bool) {
	if w.beside != nil {
		return lock.QuestionBeside(leases...)
	}
	return lock.Question(leases...)
}

// holds makes sure of both locks after their question had a bad answer, or where there is none.
func (w *worker) holds(ctx context.Context, migrators, tables lock.Lease, err error) error {
	if w.beside != nil {
		return &keysGoneError{cause: err.Error()}
	}
	return alive(ctx, migrators, tables)
}
