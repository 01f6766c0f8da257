package report

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// SchemaPlan writes what a run of Atlas would do: to the schema, then to partitions.
func (p *Page) SchemaPlan(plan *atlasext.Plan, limits lifecycle.Limits) {
	p.changes(plan.Changes, "change", plan.Guards)
	p.refusals(plan.Guards)
	p.hidden(plan.Hidden)
	p.findings(plan.Findings)
	var tables []Planned
	for _, one := range plan.Partitions {
		tables = append(tables, Planned{Plan: one})
	}
	p.tables(tables, limits)
	p.planned(tables, plan.At)
	if plan.Due() {
		p.nothingChanged("partsmith-migrate atlas apply", tables)
	}
}

// SchemaResults writes what a run of Atlas did.
func (p *Page) SchemaResults(report *atlasext.Report, run Run) {
	if len(report.Applied) > 0 {
		p.changes(report.Applied, "changed", nil)
		if report.Attempts > 1 {
			p.line("  in %s", human.Plural(report.Attempts, "attempt"))
		}
		p.blank()
	}
	if report.Plan != nil {
		p.findings(report.Plan.Findings)
	}
	run.Changes = len(report.Applied)
	p.Results(run)
}

// changes lists statements.
func (p *Page) changes(changes []atlasext.Change, word string, guards []*atlasext.GuardError) {
	switch {
	case len(guards) > 0:
		p.line("%s: %s", p.paint(bold, "schema"), p.paint(red, "refused"))
		return
	case len(changes) == 0:
		p.line("%s: as desired", p.paint(bold, "schema"))
		return
	case word == "change":
		p.line("%s: %s", p.paint(bold, "schema"), human.Plural(len(changes), "change"))
	default:
		p.line("%s: %s", p.paint(bold, "schema"), word)
	}
	for _, c := range changes {
		p.line("%s", p.statement(c))
	}
}

// statement is SQL with what Atlas says about it in front, indented.
func (p *Page) statement(c atlasext.Change) string {
	text := strings.ReplaceAll("  "+c.SQL+";", "\n", "\n  ")
	comment := c.Comment
	if c.Outside {
		comment = strings.TrimPrefix(comment+"; outside the transaction", "; ")
	}
	if comment == "" {
		return text
	}
	return fmt.Sprintf("  %s\n%s", p.paint(dim, "-- "+comment), text)
}

// refusals tells what stands in the way, and which flag lifts it.
func (p *Page) refusals(guards []*atlasext.GuardError) {
	for _, g := range guards {
		p.line("  %s %s: %s", p.paint(red, "refused"), g.Guard, g.Message)
		p.line("    %s", lets(g))
	}
}

// lets says what lets a change pass, if anything does.
func lets(g *atlasext.GuardError) string {
	if g.Skipped {
		return "the diff policy says so"
	}
	return g.Flag() + " does it all the same"
}

// hidden tells what the comparison leaves out.
func (p *Page) hidden(left []atlasext.Hidden) {
	for _, h := range left {
		name := h.Name.String()
		if h.Name.Table == "" {
			name = "schema " + h.Name.Schema
		}
		p.line("  %s %s: %s", p.paint(dim, "left alone"), name, h.Why)
	}
}
