package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// phase carries out the steps of creation, or those of retirement, of one table.
func (r *run) phase(ctx context.Context, s *session, t *table, retires bool) {
	began := time.Now()
	defer func() { t.took += time.Since(began) }()
	for {
		i, step, ok := t.next(retires)
		if !ok {
			break
		}
		if err := r.over(ctx, s, t, retires); err != nil {
			t.stop(r, err)
			break
		}
		r.step(ctx, s, t, i, step)
	}
	r.undo(ctx, s, t)
}

// over says why a table's next step is not begun.
func (r *run) over(ctx context.Context, s *session, t *table, retires bool) error {
	switch {
	case s.lost != nil:
		return s.lost
	case ctx.Err() != nil:
		return ctx.Err()
	case retires && r.expired():
		return &OutOfTimeError{Table: t.plan.Table}
	}
	return nil
}

// step carries out one step, if nothing that went before and no hook stands against it.
func (r *run) step(ctx context.Context, s *session, t *table, i int, step Step) {
	if !r.admit(ctx, s, t, step) {
		return // what is left of the step comes again
	}
	o := r.try(ctx, s, t, step)
	if o.verdict == changed && o.err != nil && !t.replanned {
		r.replan(ctx, s, t, step, o)
		return
	}
	if o.verdict == ended && o.attempts == 0 {
		return // it is skipped with the rest of the table
	}
	t.ran[i], t.left[i] = true, o.err == nil
	if o.verdict == pending && o.err != nil {
		r.finish(ctx, s, t, step, o)
	} else {
		r.settle(ctx, s, t, step, o)
	}
	r.undo(ctx, s, t)
}

// admit asks for every operation of the step whether it may begin, and tells whether all may.
func (r *run) admit(ctx context.Context, s *session, t *table, step Step) bool {
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
func (r *run) ask(ctx context.Context, s *session, t *table, op Operation) bool {
	err := before(ctx, r.Hooks, s.conn, op)
	if errors.Is(err, ErrNotYet) {
		r.conclude(ctx, t, Done{Operation: op, Status: Vetoed, Err: err})
		return false
	}
	if left := s.leftOpen(ctx); left != nil {
		err = errors.Join(err, left)
	}
	if err != nil {
		r.fail(ctx, t, op, outcome{}, &HookError{outcome{err: err}.site(t, op, err)})
		return false
	}
	return true
}

// settle reports what became of the operations of a step, and of those that it was to prepare.
func (r *run) settle(ctx context.Context, s *session, t *table, step Step, o outcome) {
	if o.err == nil {
		for _, op := range step.Operations {
			r.complete(ctx, t, op, o)
		}
		return
	}
	switch o.verdict {
	case busy:
		r.yield(t, o.err)
		return
	case lost:
		o.err = s.lose(ctx, o.err)
	}
	concerned := t.concerned(step)
	for _, op := range concerned {
		r.fail(ctx, t, op, o, r.failure(ctx, s, t, op, o))
	}
	if len(concerned) == 0 {
		t.stop(r, fmt.Errorf("tidy up %s: %w", t.plan.Table, o.err))
	}
}

// yield gives retirement up, for all tables: another session has the migrator's lock for longer than we wait.
func (r *run) yield(t *table, err error) {
	r.busy.Store(&err)
	if r.SkipBusyRetirement {
		t.skipRest(r, &SkipError{Reason: "another session has the migrator's lock, and retirement can wait", Cause: err})
		return
	}
	t.stop(r, err)
}

// complete reports an operation that is done.
func (r *run) complete(ctx context.Context, t *table, op Operation, o outcome) {
	d := Done{Operation: op, Status: Completed, Attempts: o.attempts, Took: o.took}
	r.tell(ctx, t, d)
}

// fail reports an operation that failed for good.
func (r *run) fail(ctx context.Context, t *table, op Operation, o outcome, err error) {
	r.tell(ctx, t, Done{Operation: op, Status: Failed, Attempts: o.attempts, Took: o.took, Err: err})
}

// tell lets the hooks hear of it first: a hook that panics counts among what went wrong.
func (r *run) tell(ctx context.Context, t *table, d Done) {
	if err := after(ctx, r.Hooks, d); err != nil {
		d.Err = errors.Join(d.Err, &HookError{outcome{err: err}.site(t, d.Operation, err)})
	}
	r.conclude(ctx, t, d)
}

// replan reads the catalog again, once for a table, and goes on with a new plan. What it leaves out is not needed any more, but a
// table that was to be dropped and is another now is a failure.
func (r *run) replan(ctx context.Context, s *session, t *table, step Step, o outcome) {
	t.replanned = true
	oid := t.plan.OID
	concerned := t.concerned(step)
	r.takeBack(ctx, s, t)
	if err := r.plan(ctx, s, []*table{t}); err != nil {
		t.stop(r, s.check(ctx, err))
		return
	}
	if t.plan.OID != oid {
		t.stop(r, &ChangedError{Site{Table: t.plan.Table, Cause: o.err}})
		return
	}
	planned := t.plan.Operations()
	for _, op := range concerned {
		if slices.ContainsFunc(planned, func(p Operation) bool { return p.ID == op.ID }) {
			continue
		}
		err := r.failure(ctx, s, t, op, o)
		if op.Kind == Drop {
			r.fail(ctx, t, op, o, err)
			continue
		}
		r.conclude(ctx, t, Done{Operation: op, Status: Skipped, Attempts: o.attempts, Err: &SkipError{Reason: "a new plan does without it", Cause: err}})
	}
}
