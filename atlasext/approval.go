package atlasext

import (
	"errors"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// ErrPlanChanged says that what is due is no longer what was approved: the database changed in between. Nothing was done.
var ErrPlanChanged = errors.New("the database has changed since the plan was approved; nothing was done, look at the new plan")

// covers reports whether a plan that was approved allows another one: the same changes of the schema, to the letter and in
// order, and no partition detached or dropped that was not in it. Partitions may be created that were not: time passes.
// A nil plan allows everything.
func (p *Plan) covers(other *Plan) bool {
	if p == nil {
		return true
	}
	same := func(a, b Change) bool { return a.SQL == b.SQL }
	return slices.EqualFunc(p.Changes, other.Changes, same) && subset(other.removals(), p.removals())
}

// removals are the operations that take a partition away, by ID.
func (p *Plan) removals() []string {
	var ids []string
	for _, plan := range p.Partitions {
		for _, op := range plan.Only(lifecycle.Detach, lifecycle.Drop).Operations() {
			ids = append(ids, op.ID)
		}
	}
	return ids
}

func subset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
