package report

import (
	"fmt"
	"slices"
	"strings"

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

// title says what is done: detach 3 partitions concurrently.
func (g group) title() string {
	title := actOf(g.kind).of(len(g.operations))
	if g.concurrent {
		title += " concurrently"
	}
	return title
}

// reason is why, where one clause holds for all of the group; else each line says its own.
func (g group) reason(plan lifecycle.Plan) string {
	switch g.code {
	case "missing":
		if plan.Runway.Default {
			return "rows of these windows would fall into the DEFAULT partition"
		}
		return "rows of these windows would find no partition"
	case "bridge":
		return "older partitions leave these stretches open"
	case "expired":
		return "what ends by " + words.About(plan.Cutoff, plan.Zone()) + " has expired"
	case "waited":
		if plan.Policy.DropAfter.IsZero() {
			return "drop_after: 0 lets nothing wait"
		}
		return "detached for " + plan.Policy.DropAfter.String() + " or longer (drop_after)"
	}
	for _, op := range g.operations {
		if op.Reason != g.operations[0].Reason {
			return ""
		}
	}
	return g.operations[0].Reason
}

// mostAlso is how much of what new partitions get is told.
const mostAlso = 5

// also says what new partitions get that the table itself lacks.
func (g group) also() string {
	like := g.operations[0].Like
	if len(like) == 0 {
		return ""
	}
	text := strings.Join(like[:min(len(like), mostAlso)], ", ")
	if n := len(like) - mostAlso; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text + ", like the newest"
}

// then says what comes after.
func (g group) then(plan lifecycle.Plan) string {
	policy := plan.Policy
	at := g.operations[0].DropAt
	switch {
	case g.kind != lifecycle.Detach:
		return ""
	case !policy.DropAfter.Set:
		return "kept as tables of their own: the policy has no drop_after"
	case policy.DropAfter.IsZero():
		return "dropped in the same run (drop_after: 0)"
	}
	return "will be dropped on " + words.Instant(at, plan.Zone()) + " or later"
}

// size adds up the estimates of the group.
func (g group) size() int64 {
	var bytes int64
	for _, op := range g.operations {
		bytes += op.Bytes
	}
	return bytes
}
