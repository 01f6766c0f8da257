package report

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/words"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// group is operations that are told together: they do the same for the same reason.
type group struct {
	kind       lifecycle.Kind
	code       string
	concurrent bool
	operations []lifecycle.Operation
}

// grouped keeps the order in which the groups begin.
func grouped(ops []lifecycle.Operation) []group {
	var groups []group
	for _, op := range ops {
		i := slices.IndexFunc(groups, func(g group) bool {
			return g.kind == op.Kind && g.code == op.ReasonCode && g.concurrent == op.Concurrent
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{kind: op.Kind, code: op.ReasonCode, concurrent: op.Concurrent})
		}
		groups[i].operations = append(groups[i].operations, op)
	}
	return groups
}

// title says what is done: detach 3 partitions while readers and writers go on.
func (g group) title() string {
	n := len(g.operations)
	switch g.kind {
	case lifecycle.Create:
		return "create " + words.Plural(n, "partition")
	case lifecycle.Attach:
		return "attach " + words.Plural(n, "partition") + " again"
	case lifecycle.Finalize:
		return "finish " + words.Plural(n, "interrupted detach")
	case lifecycle.Detach:
		if g.concurrent {
			return "detach " + words.Plural(n, "partition") + " concurrently"
		}
		return "detach " + words.Plural(n, "partition")
	case lifecycle.Drop:
		return "drop " + words.Plural(n, "detached partition") + " with all rows, for ever"
	case lifecycle.Unmark:
		return "take a stale mark off " + words.Plural(n, "partition")
	}
	return string(g.kind) + " " + words.Plural(n, "partition")
}

// sign is what a line of the group begins with.
func sign(kind lifecycle.Kind) (string, color) {
	switch kind {
	case lifecycle.Create, lifecycle.Attach:
		return "+", green
	case lifecycle.Detach, lifecycle.Finalize:
		return "-", yellow
	case lifecycle.Drop:
		return "x", red
	}
	return "~", cyan
}

// reason is why, where one clause holds for all of the group; else each line says its own.
func (g group) reason(task lifecycle.Task, plan lifecycle.Plan) string {
	zone := task.Policy.Zone
	switch g.code {
	case "missing":
		if plan.Runway.Default {
			return "rows of these windows would fall into the DEFAULT partition"
		}
		return "rows of these windows would find no partition"
	case "bridge":
		return "older partitions leave these stretches open"
	case "expired":
		return "what ends by " + words.About(plan.Cutoff, zone) + " has expired"
	case "waited":
		if task.Policy.DropAfter.IsZero() {
			return "drop_after: 0 lets nothing wait"
		}
		return "detached for " + task.Policy.DropAfter.String() + " or longer (drop_after)"
	}
	for _, op := range g.operations {
		if op.Reason != g.operations[0].Reason {
			return ""
		}
	}
	return g.operations[0].Reason
}

// then says what comes after.
func (g group) then(task lifecycle.Task) string {
	policy := task.Policy
	at := g.operations[0].DropAt
	switch {
	case g.kind != lifecycle.Detach:
		return ""
	case !policy.DropAfter.Set:
		return "kept as tables of their own: the policy has no drop_after"
	case policy.DropAfter.IsZero():
		return "dropped in the same run (drop_after: 0)"
	}
	return "will be dropped on " + words.Instant(at, policy.Zone) + " or later"
}

// size adds up the estimates of the group.
func (g group) size() int64 {
	var bytes int64
	for _, op := range g.operations {
		bytes += op.Bytes
	}
	return bytes
}
