package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// phase carries out the steps of creation, or those of retirement, of some tables, round by round: what meets somebody's lock
// comes again in the next one, and what would meet the same lock is not tried before. Between two rounds nothing is held. done
// hears of each table that needs no further round.
func (r *run) phase(ctx context.Context, s *worker, tables []*table, retires bool, done func(*table)) {
	p := pauses()
	for {
		var waiting []*table
		for _, t := range tables {
			if r.round(ctx, s, t, retires) {
				waiting = append(waiting, t)
				continue
			}
			r.undo(ctx, s, t)
			done(t)
		}
		if tables = waiting; len(tables) == 0 {
			return
		}
		_ = r.pause(ctx, s, p.Next()) // that ctx is over the next round finds out
	}
}

// round tries every step of a phase of one table once, and reports whether any met somebody.
func (r *run) round(ctx context.Context, s *worker, t *table, retires bool) bool {
	began := time.Now()
	defer func() { t.took += time.Since(began) }()
	t.blocked = map[int]lifecycle.Step{}
	for {
		i, step, ok := t.next(retires)
		if !ok {
			return len(t.blocked) > 0
		}
		if err := r.over(ctx, s, t, retires); err != nil {
			r.giveUp(ctx, s, t)
			t.stop(r, err)
			return false
		}
		if !retires && r.waits != nil && r.maySkipCreation(t) { // it is not waited for once more
			t.putOff(r, whatIsDue(t), r.waits)
			return false
		}
		r.step(ctx, s, t, i, step)
	}
}

// giveUp reports the steps that met somebody and come no more.
func (r *run) giveUp(ctx context.Context, s *worker, t *table) {
	for i, step := range t.plan.Steps {
		if o := t.outcomes[i]; o != nil && o.err != nil && !t.ran[i] && o.attempts > 0 {
			t.ran[i], o.verdict = true, ended
			if step, ok := t.open(step); ok {
				r.settle(ctx, s, t, step, *o)
			}
		}
	}
}

// over says why a table's next step is not begun.
func (r *run) over(ctx context.Context, s *worker, t *table, retires bool) error {
	switch {
	case s.Lost() != nil:
		return s.lost()
	case ctx.Err() != nil:
		return ctx.Err()
	case retires && r.expired():
		return &OperationError{Table: t.plan.Table, Reason: OutOfTime}
	}
	return r.refused
}

// step carries out one step, if nothing that went before and no hook stands against it.
func (r *run) step(ctx context.Context, s *worker, t *table, i int, step lifecycle.Step) {
	if !r.admit(ctx, s, t, step) {
		return // what is left of the step comes again
	}
	o := t.outcomes[i]
	if o == nil {
		o = &outcome{}
		t.outcomes[i] = o
	}
	r.tryOnce(ctx, s, t, step, o)
	switch {
	case o.err == nil:
	case o.verdict == again && !step.Quiet && t.patience(r) > 0:
		t.blocked[i] = step
		return
	case o.verdict == changed && !t.replanned:
		t.replanned = true // once is all
		r.replan(ctx, s, t, step, *o)
		return
	case o.verdict == ended && o.attempts == 0:
		return // it is skipped with the rest of the table
	}
	if op, why := t.refused(step, *o); why != "" {
		r.refuse(ctx, s, t, step, *o, op, why)
		return
	}
	if why := t.unlike(step, *o); why != "" {
		r.makeUnlike(ctx, s, t, step, *o, why)
		return
	}
	t.ran[i], t.left[i] = true, o.err == nil
	if o.err == nil {
		t.met = time.Time{}
	}
	if o.verdict == pending && o.err != nil {
		r.finish(ctx, s, t, step, *o)
	} else {
		r.settle(ctx, s, t, step, *o)
	}
	r.undo(ctx, s, t)
}

// patience is how much is left of the time in which the table's steps are tried again. It begins when one meets somebody, and
// anew when anything has been done since.
func (t *table) patience(r *run) time.Duration {
	if t.met.IsZero() {
		t.met = time.Now()
	}
	return r.patience(t.met)
}

// admit asks for every operation of the step whether it may begin, and reports whether all may.
func (r *run) admit(ctx context.Context, s *worker, t *table, step lifecycle.Step) bool {
	admitted := true
	for _, op := range t.concerned(step) {
		if err := t.barred(op); err != nil {
			r.conclude(ctx, t, Done{Operation: op, Status: Skipped, Err: err})
			admitted = false
		}
	}
	if !admitted || len(r.Hooks) == 0 {
		return admitted
	}
	for _, op := range t.concerned(step) {
		if !t.asked[op.ID] {
			t.asked[op.ID] = true
			admitted = r.ask(ctx, s, t, op) && admitted
		}
	}
	return admitted
}

// ask lets the hooks decide about an operation.
func (r *run) ask(ctx context.Context, s *worker, t *table, op lifecycle.Operation) bool {
	err := s.Lend(ctx, func() error { return before(ctx, r.Hooks, s.Conn(), op) })
	left := s.LeftOpen(ctx)
	if s.Lost() != nil {
		left = s.lost()
	}
	if errors.Is(err, ErrNotYet) && left == nil {
		r.conclude(ctx, t, Done{Operation: op, Status: Vetoed, Err: err})
		return false
	}
	if err = errors.Join(err, left); err != nil {
		r.fail(ctx, t, op, outcome{}, outcome{err: err}.site(t, op, err).because(HookFailed))
		return false
	}
	return true
}

// settle reports what became of the operations of a step, and of those that it was to prepare.
func (r *run) settle(ctx context.Context, s *worker, t *table, step lifecycle.Step, o outcome) {
	if o.err == nil {
		for _, op := range step.Operations {
			r.complete(ctx, t, op, o)
		}
		return
	}
	switch o.verdict {
	case busy:
		r.yield(ctx, t, step, o.err)
		return
	case lost:
		o.err = s.lose(ctx, o.err)
	}
	concerned := t.concerned(step)
	for _, op := range concerned {
		r.fail(ctx, t, op, o, r.failure(ctx, s, t, op, o))
	}
	if len(concerned) == 0 && !step.Quiet {
		t.stop(r, fmt.Errorf("tidy up %s: %w", t.plan.Table, o.err))
	}
}

// yield gives up for all tables: another session has the migrator's lock for longer than we wait. Retirement may be left to a
// later run, and creation where inserts go on without it.
func (r *run) yield(ctx context.Context, t *table, step lifecycle.Step, err error) {
	switch {
	case step.Retires:
		if r.busy.CompareAndSwap(nil, &err) && r.SkipBusyRetirement {
			r.Log.InfoContext(ctx, "skip retirement", "because", err)
		}
		r.leaveOut(t, err)
	case r.maySkipCreation(t):
		r.waits = err
		r.postpone(ctx, []*table{t}, err)
	default:
		r.refused = err
		t.stop(r, err)
	}
}

func (r *run) leaveOut(t *table, err error) {
	if r.SkipBusyRetirement {
		t.putOff(r, "retirement", err)
		return
	}
	t.stop(r, err)
}

// complete reports an operation that is done.
func (r *run) complete(ctx context.Context, t *table, op lifecycle.Operation, o outcome) {
	d := Done{Operation: op, Status: Completed, Attempts: o.attempts, Took: o.took}
	r.tell(ctx, t, d)
}

// fail reports an operation that failed for good.
func (r *run) fail(ctx context.Context, t *table, op lifecycle.Operation, o outcome, err error) {
	r.tell(ctx, t, Done{Operation: op, Status: Failed, Attempts: o.attempts, Took: o.took, Err: err})
}

// tell lets the hooks hear of it first: a hook that panics counts among what went wrong.
func (r *run) tell(ctx context.Context, t *table, d Done) {
	if err := after(ctx, r.Hooks, d); err != nil {
		d.Err = errors.Join(d.Err, outcome{err: err}.site(t, d.Operation, err).because(HookFailed))
	}
	r.conclude(ctx, t, d)
}

// replan reads the catalog again and goes on with a new plan. What it leaves out is not needed any more, but a table that was
// to be dropped and is another now is a failure.
func (r *run) replan(ctx context.Context, s *worker, t *table, step lifecycle.Step, o outcome) {
	oid := t.plan.OID
	concerned := t.concerned(step)
	r.takeBack(ctx, s, t)
	if err := r.plan(ctx, s, []*table{t}); err != nil {
		t.stop(r, s.check(ctx, err))
		return
	}
	if t.plan.OID != oid {
		t.stop(r, &OperationError{Table: t.plan.Table, Reason: Changed, Cause: o.err})
		return
	}
	planned := t.plan.Operations()
	for _, op := range concerned {
		if slices.ContainsFunc(planned, func(p lifecycle.Operation) bool { return p.ID == op.ID }) {
			continue
		}
		err := r.failure(ctx, s, t, op, o)
		if op.Kind == lifecycle.Drop {
			r.fail(ctx, t, op, o, err)
			continue
		}
		r.conclude(ctx, t, Done{Operation: op, Status: Skipped, Attempts: o.attempts, Err: &SkipError{Reason: "a new plan does without it", Cause: err}})
	}
}
