package report

import (
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// act is how a kind of operations is told of.
type act struct {
	kind         lifecycle.Kind
	sign         string // what a line begins with
	color        color
	verb, noun   string // create, partition
	more         string // behind the noun: again
	past, counts string // created, finished detaches
	count        func(executor.Counts) int
}

// acts are the kinds in the order in which people are told of what was done.
func acts() []act {
	return []act{
		{lifecycle.Create, "+", green, "create", "partition", "", "created", "created", func(c executor.Counts) int { return c.Created }},
		{lifecycle.Attach, "+", green, "attach", "partition", " again", "attached", "attached", func(c executor.Counts) int { return c.Attached }},
		{lifecycle.Finalize, "-", yellow, "finish", "interrupted detach", "", "finished detach of", "finished detaches", func(c executor.Counts) int { return c.Finalized }},
		{lifecycle.Detach, "-", yellow, "detach", "partition", "", "detached", "detached", func(c executor.Counts) int { return c.Detached }},
		{lifecycle.Drop, "x", red, "drop", "detached partition", " with all rows, for ever", "dropped", "dropped", func(c executor.Counts) int { return c.Dropped }},
		{lifecycle.Unmark, "~", cyan, "take a stale mark off", "partition", "", "unmarked", "unmarked", func(c executor.Counts) int { return c.Unmarked }},
	}
}

// actOf is how a kind is told of; one that is not known goes by its name.
func actOf(kind lifecycle.Kind) act {
	for _, a := range acts() {
		if a.kind == kind {
			return a
		}
	}
	return act{kind: kind, sign: "~", color: cyan, verb: string(kind), noun: "partition", past: string(kind), counts: string(kind)}
}

// of is the act with so many: create 3 partitions.
func (a act) of(n int) string { return a.verb + " " + human.Plural(n, a.noun) + a.more }
