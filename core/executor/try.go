package executor

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// outcome is what became of a step so far.
type outcome struct {
	verdict  verdict
	err      error // nil: it is done
	attempts int   // how often it was begun
	began    time.Time
	sent     time.Time
	took     time.Duration
	blockers []blocker.Blocker
	longest  time.Duration // of the transactions that were in the way
	stall    time.Duration // how long the last try of a step that everybody queues behind waited
}

// try runs a step until it is done, its time is over, or the server has said something else than to come back later.
func (r *run) try(ctx context.Context, s *worker, t *table, step lifecycle.Step) outcome {
	var o outcome
	p := pauses()
	for {
		r.tryOnce(ctx, s, t, step, &o)
		left := r.patience(o.began)
		if o.err == nil || o.verdict != again || left <= 0 {
			return o
		}
		if r.pause(ctx, s, min(left, p.Next())) != nil {
			o.verdict = ended
			return o
		}
	}
}

// mostNamed is how many of those in the way are named in an error.
const mostNamed = 5

// tryOnce runs a step once, and remembers who was in the way.
func (r *run) tryOnce(ctx context.Context, s *worker, t *table, step lifecycle.Step, o *outcome) {
	if o.began.IsZero() {
		o.began = time.Now()
	}
	o.err = r.attempt(ctx, s, t, step, o)
	o.took = time.Since(o.began)
	if o.err == nil {
		return
	}
	if o.verdict = r.judge(ctx, s, step, *o); o.verdict == again {
		o.blocked(ctx, s, t.concerned(step))
		r.Log.DebugContext(ctx, "try again", "step", t.nameOf(step), "attempts", o.attempts, "because", o.err)
	}
}

// judge says what to do after a try that failed.
func (r *run) judge(ctx context.Context, s *worker, step lifecycle.Step, o outcome) verdict {
	v := judge(ctx, o.err, time.Since(o.sent), step.StatementLimit(r.Limits))
	switch {
	case s.Lost() != nil:
		return lost
	case ctx.Err() != nil && (v == busy || v == again || o.attempts == 0):
		return ended
	}
	return v
}

// blocked remembers who is in the way. Nobody may be seen any more when the last try has failed.
func (o *outcome) blocked(ctx context.Context, s *worker, ops []lifecycle.Operation) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), session.TidyTime)
	defer cancel()
	if found, err := blocker.Find(ctx, s.Conn(), ops); err == nil && len(found) > 0 {
		o.blockers = found[:min(len(found), mostNamed)]
		o.longest = max(o.longest, found[0].Transaction)
	}
}

// patience is how much is left of the time that began then.
func (r *run) patience(began time.Time) time.Duration {
	left := r.RetryFor - time.Since(began)
	if r.MaxTime > 0 {
		left = min(left, r.MaxTime-time.Since(r.began))
	}
	return left
}

// expired reports whether the time for the run is over.
func (r *run) expired() bool { return r.MaxTime > 0 && time.Since(r.began) >= r.MaxTime }

// attempt begins a step once, under the locks that it needs.
func (r *run) attempt(ctx context.Context, s *worker, t *table, step lifecycle.Step, o *outcome) error {
	if err := cmp.Or(ctx.Err(), r.breathe(ctx, s)); err != nil {
		return &unsentError{err}
	}
	lease, done, err := r.hold(ctx, s, t, step)
	if err != nil {
		return err
	}
	defer done()
	ctx, end := session.Grace(ctx)
	defer end()
	question, travels := s.question(lease, t.key)
	if travels = travels && !step.Outside; !travels {
		if err := alive(ctx, lease, t.key); err != nil {
			return err
		}
	}
	if step.Watched && r.watcher != nil {
		step.Unqueued, step.Climbs = true, false
	}
	limits := r.limits(step, o)
	if step.Climbs {
		o.stall = limits.Lock
	}
	if step.Outside {
		return r.detachOutside(ctx, s, t, step, limits, o)
	}
	if step.Unqueued {
		if err := r.clear(ctx, s, t, step, limits); err != nil {
			return err
		}
	}
	if travels {
		step = asking(question, step)
	}
	o.attempts, o.sent = o.attempts+1, time.Now()
	err = r.watched(ctx, s, step, limits, func() error { return s.Transaction(ctx, step.SQL(limits)) })
	if lock.NotHeld(err) {
		o.attempts--
		err = cmp.Or(s.holds(ctx, lease, t.key, err), err)
	}
	return err
}

// asking puts the question whether our locks are still held in front of a step, in its transaction and in its message.
func asking(question string, step lifecycle.Step) lifecycle.Step {
	if question != "" {
		step.Statements = append([]ddl.Statement{{SQL: question}}, step.Statements...)
	}
	return step
}

// brief is how long a wait that nobody queues behind takes at first. It is enough beside the transactions of most
// applications, and keeps the migrator's lock from a deploy no longer.
const brief = time.Second

// limits are those of the next try of a step. What everybody queues behind waits a little longer each time; what nobody queues
// behind is given its whole patience only where a short wait has not been enough for half of the time there is.
func (r *run) limits(step lifecycle.Step, o *outcome) lifecycle.Limits {
	limits := r.Limits
	switch {
	case step.Climbs:
		return limits.Climbed(o.attempts + 1)
	case step.Unqueued && !lock.IsNone(r.Locker) && time.Since(o.began) < r.RetryFor/2:
		limits.Patience = min(limits.Patience, brief)
	}
	return limits
}

// alive makes sure of both locks before anything is changed.
func alive(ctx context.Context, migrators, tables lock.Lease) error {
	if err := migrators.Alive(ctx); err != nil {
		return fmt.Errorf("make sure of the migrator's lock: %w", err)
	}
	if err := tables.Alive(ctx); err != nil {
		return fmt.Errorf("make sure of the table's key: %w", err)
	}
	return nil
}

// hold has the migrator's lock for a step, and tells what to do after it. Creation keeps it from step to step; retirement has
// it for each step alone. A step in which only we wait, however long, goes without.
func (r *run) hold(ctx context.Context, s *worker, t *table, step lifecycle.Step) (lock.Lease, func(), error) {
	nothing := func() {}
	switch {
	case step.Patient && len(step.Operations) == 0 && r.Held == nil:
		r.leave(ctx, s)
		lease, err := lock.None{}.Lock(ctx, s.Conn(), 0)
		return lease, nothing, err
	case s.held != nil:
		return s.held, nothing, nil
	case s.beside != nil:
		return s.beside.held, nothing, nil
	}
	began := time.Now()
	canWait := step.Retires || !step.Tidies() && r.maySkipCreation(t) // what tidies up may have to let rows in again
	lease, err := r.lease(ctx, s.Conn(), canWait)
	t.wait += time.Since(began)
	if err != nil {
		return nil, nothing, err
	}
	if !step.Retires {
		s.held, s.since = lease, time.Now()
		return lease, nothing, nil
	}
	return lease, func() { s.release(ctx, r, lease) }, nil
}

// A run that keeps the migrator's lock, or takes it again at once, would leave others, who ask for it a few times a second,
// hardly a chance. So a waiting deploy has it within 5 s.
const (
	creating = 4 * time.Second        // how long creation, which keeps the lock, goes on so
	retiring = time.Second            // and retirement, which takes it for each step
	breath   = 350 * time.Millisecond // how long the lock is then left alone: longer than the longest pause of who asks for it
)

// breathe leaves the migrator's lock to others now and then.
func (r *run) breathe(ctx context.Context, s *worker) error {
	if lock.IsNone(r.Locker) || r.Held != nil || s.beside != nil {
		return nil
	}
	if s.since.IsZero() {
		s.since = time.Now()
	}
	stretch := retiring
	if s.held != nil {
		stretch = creating
	}
	if time.Since(s.since) <= stretch {
		return nil
	}
	return r.pause(ctx, s, breath)
}

// pause lets some time pass without the migrator's lock. What others do to the tables meanwhile every step finds out for itself.
func (r *run) pause(ctx context.Context, s *worker, d time.Duration) error {
	s.since = time.Time{}
	if s.held != nil {
		r.leave(ctx, s)
		d = max(d, breath)
	}
	if !wait.For(ctx, d) {
		return cmp.Or(ctx.Err(), context.Canceled)
	}
	return nil
}

// nameOf names a step in logs by what it does.
func (t *table) nameOf(step lifecycle.Step) string {
	for _, op := range t.concerned(step) {
		return op.ID
	}
	return "tidy up " + t.plan.Table.String()
}
