package executor

import (
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Counter is told at the end of every run how many operations of a table ended how. Whatever keeps metrics can be one; it must
// bear to be called by several runs at once.
type Counter interface {
	Count(table catalog.Name, kind lifecycle.Kind, outcome Status, n int)
}

// count tells a counter of every operation once.
func count(c Counter, results []Result) {
	if c == nil {
		return
	}
	type outcome struct {
		kind   lifecycle.Kind
		status Status
	}
	for _, r := range results {
		seen := map[outcome]int{}
		var order []outcome
		for _, d := range r.Done {
			o := outcome{d.Operation.Kind, d.Status}
			if seen[o] == 0 {
				order = append(order, o)
			}
			seen[o]++
		}
		for _, o := range order {
			c.Count(r.Plan.Table, o.kind, o.status, seen[o])
		}
	}
}
