package planner

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Reading is one look at the database and the plans made from it.
type Reading struct {
	Server catalog.Server
	Tables []Planned // one for each task, in the same order

	Links lifecycle.Links // foreign keys between the tables
}

// Planned is a task, its table as it was read, and the plan that was made of both.
type Planned struct {
	Task  lifecycle.Task
	Table catalog.Table // of ReadDue without what belongs to it
	Plan  lifecycle.Plan

	Leaves []Leaf // what is attached to the table, where the plan detaches concurrently
}

// Leaf is a partition that was attached when the plan was made.
type Leaf struct {
	OID   uint32
	Bound string
}

// leavesOf are those of a table whose plan detaches concurrently: such a detach goes by name, and may hit any of them.
func leavesOf(t *catalog.Table, plan lifecycle.Plan) (leaves []Leaf) {
	outside := func(s lifecycle.Step) bool { return s.Outside }
	if !slices.ContainsFunc(plan.Steps, outside) {
		return nil
	}
	for _, p := range t.Partitions {
		if p.State == catalog.Attached {
			leaves = append(leaves, Leaf{p.OID, p.Bound.Text})
		}
	}
	return leaves
}

// Due reports whether any plan changes anything.
func (r Reading) Due() bool {
	return slices.ContainsFunc(r.Tables, func(t Planned) bool { return t.Plan.Due() })
}

// Plans are those of all tables.
func (r Reading) Plans() []lifecycle.Plan {
	plans := make([]lifecycle.Plan, len(r.Tables))
	for i, t := range r.Tables {
		plans[i] = t.Plan
	}
	return plans
}

// reconcile has the plans of tables with foreign keys between them know of each other.
func (r Reading) reconcile() {
	plans := r.Plans()
	lifecycle.Reconcile(r.Links, plans)
	for i := range r.Tables {
		r.Tables[i].Plan = plans[i]
	}
}
