package executor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// triesToRefuse is how often an attach must have run into our own statement_timeout, with nobody in the way, before it is
// believed to take that long, and not just the machine to have been slow for a moment.
const triesToRefuse = 3

// refused reports whether a step failed because the detached partition that it attaches, or prepares for that, does not fit: the
// server has said so, or it takes too long although nobody was in the way. Why is empty where it did not.
func (t *table) refused(step lifecycle.Step, o outcome) (op lifecycle.Operation, why string) {
	concerned := t.concerned(step)
	if o.err == nil || len(concerned) != 1 || concerned[0].Kind != lifecycle.Attach {
		return lifecycle.Operation{}, ""
	}
	op = concerned[0]
	state := sqlstate.Of(o.err)
	switch {
	case o.verdict == answer && misfits(state), o.verdict == changed && misfits(state) && state != "22P02": // which is a guard of ours
		why = o.err.Error()
	case o.verdict == again && state == "57014" && len(o.blockers) == 0 && o.attempts >= triesToRefuse:
		why = fmt.Sprintf("attaching it takes longer than a statement may hold what others need, although nobody was in the way (%d attempts)", o.attempts)
	}
	return op, why
}

// unlike says why the server refuses partitions that were to get what the existing ones have: the role may lack a right that it
// takes, or what is needed is gone. Else empty. It is believed once: what fails without that as well is a failure.
func (t *table) unlike(step lifecycle.Step, o outcome) string {
	alike := slices.ContainsFunc(step.Operations, func(op lifecycle.Operation) bool { return op.Kind == lifecycle.Create && len(op.Like) > 0 })
	state := sqlstate.Of(o.err)
	if o.err == nil || !alike || t.task.Unlike != "" || state == "22P02" { // which is a guard of ours
		return ""
	}
	if gone := state == "42501" || state == "42P01" || state == "42704" || state == "3F000"; o.verdict == answer || o.verdict == changed {
		if gone || misfits(state) {
			return o.err.Error()
		}
	}
	return ""
}

// makeUnlike plans the table anew, with new partitions like the table alone where they cannot wait.
func (r *run) makeUnlike(ctx context.Context, s *worker, t *table, step lifecycle.Step, o outcome, why string) {
	r.Log.WarnContext(ctx, "new partitions cannot be like the existing ones", "table", t.plan.Table.String(), "because", why)
	t.task.Unlike = why
	r.replan(ctx, s, t, step, o)
}

// misfits tells the errors that are about the partition itself: its rows, its columns, its constraints, and whatever the
// expressions of an index make of its rows. A right, a full disk or a shutdown is not.
func misfits(state string) bool {
	switch state {
	case "42501", "42P01", "42704", "": // a right, or it is gone
		return false
	case "54000", "55000": // a row too large for an index; an identity column (from PostgreSQL 17 on)
		return true
	}
	for _, class := range []string{"0A", "21", "22", "23", "42", "P0"} {
		if strings.HasPrefix(state, class) {
			return true
		}
	}
	return false
}

// refuse leaves a detached partition where it is: what was prepared is taken back, and the table is planned around it, so that
// a new partition has its window and all else goes on.
func (r *run) refuse(ctx context.Context, s *worker, t *table, step lifecycle.Step, o outcome, op lifecycle.Operation, why string) {
	r.Log.WarnContext(ctx, "detached partition does not fit", "operation", op.ID, "because", why)
	t.task.Refused = maps.Clone(t.task.Refused)
	if t.task.Refused == nil {
		t.task.Refused = map[uint32]string{}
	}
	t.task.Refused[op.OID] = why
	r.replan(ctx, s, t, step, o)
}
