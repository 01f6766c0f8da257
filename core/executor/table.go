package executor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// table is a table that the run works on: its plan, and what became of it so far.
type table struct {
	task      lifecycle.Task
	plan      lifecycle.Plan
	done      []Done
	fate      map[string]Status // of operations, by ID
	ran       map[int]bool      // steps of the plan that were carried out or given up
	asked     map[string]bool   // operations that the hooks have let pass
	left      map[int]bool      // steps of the plan that were carried out
	undone    map[string]bool   // what was undone
	pends     map[uint32]bool   // parents, by OID, with a detach that could not be finished
	replanned bool              // once is all
	key       lock.Lease
	keyed     uint32                 // the OID that the key is of
	lane      int                    // tables of different lanes share no foreign key
	leaves    []planner.Leaf         // as the plan was made for them
	outcomes  map[int]*outcome       // of steps of the plan that were tried
	blocked   map[int]lifecycle.Step // steps that met somebody in this round
	met       time.Time              // since when steps meet somebody and nothing is done; zero: they do not
	users     blocker.Sightings      // of transactions whose age is hidden
	failure   error
	wait      time.Duration
	took      time.Duration
}

func newTable(task lifecycle.Task) *table {
	return &table{task: task, plan: lifecycle.Plan{Table: task.Table}, ran: map[int]bool{}, fate: map[string]Status{}, asked: map[string]bool{}, pends: map[uint32]bool{}}
}

// adopt makes a plan the table's, and skips what is to be left out. What was skipped in an earlier plan is forgotten.
func (t *table) adopt(r *run, planned planner.Planned) {
	plan := planned.Plan
	if r.Cut != nil {
		plan = r.Cut(plan)
	}
	t.plan, t.leaves = plan, planned.Leaves
	t.ran, t.left, t.undone = map[int]bool{}, map[int]bool{}, map[string]bool{}
	t.outcomes, t.blocked = map[int]*outcome{}, map[int]lifecycle.Step{}
	t.done = slices.DeleteFunc(t.done, func(d Done) bool {
		if d.Status == Skipped {
			delete(t.fate, d.Operation.ID)
		}
		return d.Status == Skipped
	})
	for _, step := range plan.Steps {
		for _, op := range step.Operations {
			if reason := r.leftOut(op); reason != "" {
				t.record(Done{Operation: op, Status: Skipped, Err: &SkipError{Reason: reason}})
			}
		}
	}
}

// leftOut says why an operation is not wanted in this run, empty where it is.
func (r *run) leftOut(op lifecycle.Operation) string {
	switch {
	case slices.Contains(r.Skip, op.Kind):
		return "left out on request"
	case (op.Kind == lifecycle.Detach || op.Kind == lifecycle.Drop) && r.later && !r.AtDestroys:
		return "the instant given is later than the server's clock, so nothing is detached or dropped"
	}
	return ""
}

// record notes what became of an operation, once.
func (t *table) record(d Done) bool {
	if t.fate[d.Operation.ID] != "" {
		return false
	}
	t.fate[d.Operation.ID] = d.Status
	if d.Operation.Kind == lifecycle.Finalize && d.Status != Completed {
		t.pends[d.Operation.ParentOID] = true
	}
	t.done = append(t.done, d)
	return true
}

// due reports whether anything is left to do.
func (t *table) due() bool { return t.dueIn(false) || t.dueIn(true) }

func (t *table) dueIn(retires bool) bool {
	_, _, ok := t.next(retires)
	return ok
}

// next is the next step of a phase that has something open, without what is concluded already.
func (t *table) next(retires bool) (int, lifecycle.Step, bool) {
	for i, step := range t.plan.Steps {
		if step.Retires != retires || t.ran[i] {
			continue
		}
		step, ok := t.open(step)
		switch {
		case ok && t.behind(i, step):
			t.blocked[i] = step // and so is what needs this one
		case ok:
			return i, step, true
		}
	}
	return 0, lifecycle.Step{}, false
}

// behind reports whether a step has met somebody in this round, or would after one that has: it needs what that one does, or it
// would meet the same one.
func (t *table) behind(i int, step lifecycle.Step) bool {
	for j, before := range t.blocked {
		if i == j || i > j && t.follows(step, before) {
			return true
		}
	}
	return false
}

// follows reports whether a step is of no use while one before it is not done. Creation and detach meet who holds the table; the
// others meet who holds a partition.
func (t *table) follows(step, before lifecycle.Step) bool {
	earlier := t.concerned(before)
	for _, op := range t.concerned(step) {
		for _, e := range earlier {
			switch {
			case op.ID == e.ID, op.OID != 0 && op.OID == e.OID:
				return true
			case op.Kind == e.Kind && (op.Kind == lifecycle.Create || op.Kind == lifecycle.Detach) && len(before.Operations) > 0:
				return true
			case e.Kind == lifecycle.Finalize && op.Concurrent:
				return true
			}
		}
	}
	return false
}

// open leaves of a step what is not concluded. One that neither does nor prepares anything tidies up, and is always open.
func (t *table) open(step lifecycle.Step) (lifecycle.Step, bool) {
	if len(step.Operations) == 0 && len(step.Prepares) == 0 {
		return step, true
	}
	step.Operations = slices.DeleteFunc(slices.Clone(step.Operations), func(op lifecycle.Operation) bool { return t.fate[op.ID] != "" })
	step.Prepares = slices.DeleteFunc(slices.Clone(step.Prepares), func(id string) bool { return t.fate[id] != "" })
	return step, len(step.Operations) > 0 || len(step.Prepares) > 0
}

// concerned are the operations of a step and those that it prepares.
func (t *table) concerned(step lifecycle.Step) []lifecycle.Operation {
	ops := slices.Clone(step.Operations)
	for _, later := range t.plan.Steps {
		for _, op := range later.Operations {
			if slices.Contains(step.Prepares, op.ID) {
				ops = append(ops, op)
			}
		}
	}
	return ops
}

// barred says why an operation cannot be tried after what went before it: an earlier operation on the same partition was not
// done, or, for a concurrent detach, an interrupted one of the same parent is not finished.
func (t *table) barred(op lifecycle.Operation) error {
	if op.Concurrent && t.pends[op.ParentOID] {
		return &SkipError{Reason: "another detach is pending, and while it is no partition of the table can be detached concurrently"}
	}
	for _, before := range t.plan.Operations() {
		if before.ID == op.ID {
			return nil
		}
		if fate := t.fate[before.ID]; fate == "" || fate == Completed {
			continue
		}
		if op.OID != 0 && before.OID == op.OID {
			return &SkipError{Reason: before.ID + " was not done"}
		}
	}
	return nil
}

// broken reports whether an operation failed so far.
func (t *table) broken() error {
	for _, d := range t.done {
		if d.Status == Failed {
			return d.Err
		}
	}
	return t.failure
}

// errorOf is why an operation was not done, nil where it was.
func (t *table) errorOf(op lifecycle.Operation) error {
	for _, d := range t.done {
		if d.Operation.ID == op.ID {
			return d.Err
		}
	}
	return t.failure
}

// take takes the table's own key.
func (t *table) take(ctx context.Context, conn *sql.Conn) error {
	began := time.Now()
	lease, err := lock.TryTable(ctx, conn, t.plan.OID)
	t.wait += time.Since(began)
	if err != nil {
		return fmt.Errorf("take the key of %s: %w", t.plan.Table, err)
	}
	t.key, t.keyed = lease, t.plan.OID
	return nil
}

// giveBack releases the table's key.
func (t *table) giveBack(ctx context.Context, r *run, s *worker) {
	if t.key != nil {
		s.release(ctx, r, t.key)
		t.key = nil
	}
}

// stop ends the work on the table: what is not done is skipped.
func (t *table) stop(r *run, err error) {
	if t.failure == nil {
		t.failure = err
		r.Log.Debug("table stopped", "table", t.plan.Table.String(), "error", err)
	}
	t.skipRest(r, &SkipError{Reason: "not tried", Cause: err})
}

// skipRest skips every operation that is still open.
func (t *table) skipRest(r *run, because error) {
	for i, step := range t.plan.Steps {
		for _, op := range step.Operations {
			if d := (Done{Operation: op, Status: Skipped, Err: because}); t.record(d) {
				r.progress(d) // the log has one line for all of them, where they are left out together
			}
		}
		t.ran[i] = true
	}
}

func (t *table) result() Result {
	return Result{Task: lifecycle.Task{Table: t.task.Table, Policy: t.task.Policy}, Plan: t.plan, Done: t.done, LockWait: t.wait, Took: t.took, Failure: t.failure}
}
