// Package lifecycle makes time pass safely for partitioned tables: it creates the partitions that the next rows need and
// retires those that a policy no longer keeps.
//
// The centre is one pure function, MakePlan: from what the catalog says (catalog.Table), a Policy and an instant to a
// Plan. A Plan is data. It holds Steps, each one transaction or one statement outside any; a Step holds Operations, each
// with its reason, its locks and its SQL; and it holds Findings, which are what a person should know. Nothing is decided
// anywhere else, and nothing here has effects: package executor reads the catalog, and carries plans out.
//
//	policy := lifecycle.Policy{
//		Every:     period.Days(1),
//		Keep:      period.Days(90),
//		DropAfter: period.Days(7),
//	}
//	plan := lifecycle.MakePlan(table, policy, at)
//	for _, step := range plan.Steps {
//		fmt.Print(step.SQL(lifecycle.Limits{}))
//	}
//
// # What is retired
//
// A partition has expired when its upper bound is at or below the policy's cutoff. It is then detached, marked in its
// comment with its parent, the instant and its bound, waits for DropAfter, and is dropped. Without Keep nothing expires;
// without DropAfter nothing is dropped. Nothing is dropped that is attached, that carries no marker of this parent, whose
// OIDs are not those of the marker, or whose comment has changed since it was planned. CASCADE is never used.
package lifecycle
