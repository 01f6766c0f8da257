package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// undo takes back what preparing steps left for operations that are all concluded and not all done.
func (r *run) undo(ctx context.Context, s *worker, t *table) {
	for _, step := range t.plan.Steps {
		if t.spoiled(step, false) {
			r.undoStep(ctx, s, t, step)
		}
	}
}

// takeBack undoes also what open operations have been prepared with, before they are planned anew.
func (r *run) takeBack(ctx context.Context, s *worker, t *table) {
	for _, step := range t.plan.Steps {
		if t.spoiled(step, true) {
			r.undoStep(ctx, s, t, step)
		}
	}
}

// spoiled reports whether a step has something to undo: its operations were prepared, and one of them will not be done.
func (t *table) spoiled(step lifecycle.Step, evenOpen bool) bool {
	if len(step.Undo) == 0 || t.undone[undoText(step)] {
		return false
	}
	missed := false
	prepared := false
	for _, op := range t.concerned(step) {
		fate := t.fate[op.ID]
		if fate == "" && !evenOpen {
			return false
		}
		missed = missed || fate != Completed
		prepared = prepared || t.prepared(op)
	}
	return missed && prepared
}

// prepared reports whether a step that prepares the operation was carried out.
func (t *table) prepared(op lifecycle.Operation) bool {
	for i, step := range t.plan.Steps {
		if t.left[i] && slices.Contains(step.Prepares, op.ID) {
			return true
		}
	}
	return false
}

// undoStep works also after the end of ctx: what it takes away may refuse rows.
func (r *run) undoStep(ctx context.Context, s *worker, t *table, step lifecycle.Step) {
	t.undone[undoText(step)] = true
	undo, ok := step.UndoStep()
	if !ok || s.Lost() != nil {
		return
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), session.TidyTime)
		defer cancel()
	}
	if o := r.try(ctx, s, t, undo); o.err != nil && o.verdict != changed { // what changed is not ours to undo any more
		err := fmt.Errorf("undo preparation for %s: %w", t.plan.Table, o.err)
		if o.verdict == lost {
			err = s.lose(ctx, err)
		}
		t.failure = errors.Join(t.failure, err)
	}
}

func undoText(step lifecycle.Step) string {
	var b strings.Builder
	for _, s := range step.Undo {
		b.WriteString(s.SQL + ";")
	}
	return b.String()
}
