package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Script writes plans as a script for psql, in the order of a run: creation for all tables, then retirement. It is what
// a run sends, but a run tries again where a lock is in the way, and takes the migrator's lock.
func Script(plans []lifecycle.Plan, at time.Time, limits lifecycle.Limits) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- Planned for %s. Run it with psql; it stops at the first error.\n", at.UTC().Format(time.RFC3339))
	b.WriteString("-- A run of `partsmith-migrate apply` does the same under the migrator's lock, and tries again where others are in the way.\n")
	b.WriteString("\\set ON_ERROR_STOP on\n")
	due := false
	for _, phase := range []struct {
		title string
		part  func(lifecycle.Plan) lifecycle.Plan
	}{{"creation", lifecycle.Plan.Creation}, {"retirement", lifecycle.Plan.Retirement}} {
		for _, p := range plans {
			due = scriptTable(&b, p.Table.String()+": "+phase.title, phase.part(p), limits) || due
		}
	}
	switch wrong := errorsOf(plans); {
	case wrong > 0 && due:
		fmt.Fprintf(&b, "\n-- Not all can be done: %s, which `partsmith-migrate plan` explains.\n", human.Plural(wrong, "error"))
	case wrong > 0:
		fmt.Fprintf(&b, "\n-- Nothing can be done: %s, which `partsmith-migrate plan` explains.\n", human.Plural(wrong, "error"))
	case !due:
		b.WriteString("\n-- Nothing to do.\n")
	}
	return b.String()
}

func errorsOf(plans []lifecycle.Plan) (wrong int) {
	for _, p := range plans {
		wrong += errorsIn(p.Findings)
	}
	return wrong
}

func scriptTable(b *strings.Builder, title string, plan lifecycle.Plan, limits lifecycle.Limits) bool {
	if !plan.Due() {
		return false
	}
	fmt.Fprintf(b, "\n-- %s\n", comment(title))
	for _, step := range plan.Steps {
		b.WriteByte('\n')
		for _, op := range step.Operations {
			fmt.Fprintf(b, "-- %s: %s\n", comment(op.ID), comment(op.Reason))
		}
		for _, id := range step.Prepares {
			fmt.Fprintf(b, "-- prepares %s\n", comment(id))
		}
		b.WriteString(step.SQL(limits))
	}
	return true
}

// comment keeps a text on its line: a name may hold a line break, which would end the comment.
func comment(text string) string {
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
}
