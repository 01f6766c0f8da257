package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/words"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Planned is a table with what was planned for it.
type Planned struct {
	Table catalog.Table
	Plan  lifecycle.Plan
}

// Plans writes what a run would do and why.
func (p *Page) Plans(tables []Planned, at time.Time, limits lifecycle.Limits) {
	p.tables(tables, limits)
	p.planned(tables, at)
	if changing(tables) {
		p.nothingChanged("partsmith-migrate apply", tables)
	}
}

// nothingChanged ends a plan with the command that carries it out, as far as that can be.
func (p *Page) nothingChanged(command string, tables []Planned) {
	does := "carries it out"
	if slices.ContainsFunc(tables, func(t Planned) bool { return errorsIn(t.Plan.Findings) > 0 }) {
		does = "does what can be done"
	}
	p.line("This is a plan; nothing was changed. `%s` %s.", command, does)
}

func changing(tables []Planned) bool {
	return slices.ContainsFunc(tables, func(t Planned) bool { return len(t.Plan.Operations()) > 0 })
}

func (p *Page) tables(tables []Planned, limits lifecycle.Limits) {
	for _, t := range tables {
		p.blank()
		p.header(t.Plan, t.Table)
		p.operations(t.Plan, limits)
		p.findings(t.Plan.Findings)
	}
	p.blank()
}

func (p *Page) operations(plan lifecycle.Plan, limits lifecycle.Limits) {
	ops := plan.Operations()
	if len(ops) == 0 && !plan.Due() && !plan.Horizon.IsZero() {
		p.line("")
		p.line("  %s", nothing(plan))
	}
	for _, g := range grouped(ops) {
		p.line("")
		p.line("  %s", p.paint(bold, g.title()))
		why := g.reason(plan)
		p.folded(g, plan.Zone(), why == "")
		notes := []row{cells(dim, "why", why), cells(dim, "also", g.also()), cells(dim, "locks", g.locks(limits)), cells(dim, "then", g.then(plan))}
		p.rows("    ", withText(notes))
	}
}

// nothing says which of the two it is.
func nothing(plan lifecycle.Plan) string {
	if errorsIn(plan.Findings) > 0 {
		return "nothing can be done"
	}
	return "nothing to do"
}

// withText leaves out the rows whose last cell is empty.
func withText(rows []row) []row {
	var kept []row
	for _, r := range rows {
		if r.cells[len(r.cells)-1] != "" {
			kept = append(kept, r)
		}
	}
	return kept
}

func (g group) locks(limits lifecycle.Limits) string {
	text := words.Effect(g.operations, limits)
	if g.concurrent {
		text += "; it waits for transactions that use the table"
	}
	return text
}

// Long lists show their beginning and their end.
const (
	longest = 20
	begin   = 12
	end     = 4
)

// folded lists the operations of a group, not all of them where they are many.
func (p *Page) folded(g group, zone *time.Location, reasons bool) {
	var rows []row
	for i, op := range g.operations {
		if n := len(g.operations); n > longest && i >= begin && i < n-end {
			if i == begin {
				rows = append(rows, cells(dim, fmt.Sprintf("  … %d more …", n-begin-end)))
			}
			continue
		}
		rows = append(rows, operationRow(op, zone, reasons))
	}
	p.rows("    ", rows)
}

func operationRow(op lifecycle.Operation, zone *time.Location, reason bool) row {
	a := actOf(op.Kind)
	r := cells(a.color, a.sign+" "+op.Partition.String(), window(op, zone))
	if op.Kind != lifecycle.Create && op.Kind != lifecycle.Unmark {
		r.cells = append(r.cells, size(op.Rows, op.Bytes))
	}
	if reason {
		r.cells = append(r.cells, op.Reason)
	}
	return r
}

// window is that of the operation, or its bound where that is no window.
func window(op lifecycle.Operation, zone *time.Location) string {
	if text := words.Window(op.Window, zone); text != "" {
		return text
	}
	return op.Bound
}

func size(rows float64, bytes int64) string {
	switch {
	case rows < 0 && bytes == 0:
		return "size not known: never analyzed"
	case rows == 0 && bytes == 0:
		return "empty"
	}
	return human.Rows(rows) + ", " + human.Bytes(bytes)
}

// planned sums up.
func (p *Page) planned(tables []Planned, at time.Time) {
	head := fmt.Sprintf("%s at %s", human.Plural(len(tables), "table"), at.UTC().Format("2006-01-02 15:04:05 UTC"))
	var groups []group
	wrong := 0
	for _, t := range tables {
		for _, op := range t.Plan.Operations() {
			groups = gather(groups, op)
		}
		wrong += errorsIn(t.Plan.Findings)
	}
	switch {
	case len(groups) == 0 && wrong > 0:
		p.line("%s: %s; nothing else is due", head, p.paint(bold, cannot(wrong)))
		return
	case len(groups) == 0:
		p.line("%s: %s", head, p.paint(bold, "nothing to do"))
		return
	}
	var parts []string
	for _, g := range groups {
		parts = append(parts, sum(g))
	}
	p.line("%s: %s%s", head, p.paint(bold, strings.Join(parts, ", ")), but(wrong))
}

// gather adds up by kind alone.
func gather(groups []group, op lifecycle.Operation) []group {
	for i := range groups {
		if groups[i].kind == op.Kind {
			groups[i].operations = append(groups[i].operations, op)
			return groups
		}
	}
	return append(groups, group{kind: op.Kind, operations: []lifecycle.Operation{op}})
}

func sum(g group) string {
	text := fmt.Sprintf("%s %s", g.kind, human.Number(int64(len(g.operations))))
	if bytes := g.size(); bytes > 0 && (g.kind == lifecycle.Detach || g.kind == lifecycle.Drop) {
		text += " (" + human.Bytes(bytes) + ")"
	}
	return text
}

func but(wrong int) string {
	if wrong == 0 {
		return ""
	}
	return "; " + cannot(wrong)
}

func cannot(wrong int) string {
	return human.Plural(wrong, "error") + ": see above what cannot be done"
}
