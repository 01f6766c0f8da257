package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/words"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Run is a run as a whole.
type Run struct {
	Results []executor.Result
	Err     error // what stopped it as a whole; it is told elsewhere, so not once more for every table
	Outcome verdict.Outcome
	Changes int // of the schema, done before
	Took    time.Duration
}

// Results writes what a run did. Tables that needed nothing and have nothing to say are one line.
func (p *Page) Results(run Run) {
	for _, r := range run.Results {
		p.result(r, run.Err)
	}
	if len(run.Results) > 0 {
		p.blank()
	}
	p.applied(run)
}

func (p *Page) result(r executor.Result, known error) {
	p.line("%s: %s", p.paint(bold, r.Plan.Table.String()), p.state(r))
	p.completed(r)
	p.unfinished(r)
	if r.Failure != nil && (known == nil || oneLine(r.Failure) != oneLine(known)) {
		p.line("  %s %s", p.paint(red, "stopped"), oneLine(r.Failure))
	}
	for _, f := range r.Plan.Findings {
		if f.Severity != lifecycle.Info { // what is only good to know is told by plan and status
			p.finding(f)
		}
	}
}

// state is the end of a table's first line.
func (p *Page) state(r executor.Result) string {
	if r.Plan.Horizon.IsZero() {
		return "nothing was done"
	}
	runway := "runway " + words.Runway(r.Runway(), r.Plan.At, r.Plan.Zone())
	if len(r.Done) == 0 && r.Failure == nil {
		return nothing(r.Plan) + "; " + runway
	}
	return runway
}

// completed lists what was done, folded like a plan.
func (p *Page) completed(r executor.Result) {
	var rows []row
	done := withStatus(r.Done, executor.Completed)
	for i, d := range done {
		if n := len(done); n > longest && i >= begin && i < n-end {
			if i == begin {
				rows = append(rows, cells(dim, fmt.Sprintf("… %d more …", n-begin-end)))
			}
			continue
		}
		rows = append(rows, doneRow(d, r.Plan))
	}
	p.rows("  ", rows)
	for _, d := range done {
		if d.Err != nil {
			p.line("  %s %s: %s", p.paint(red, "afterwards"), d.Operation.ID, oneLine(d.Err))
		}
	}
}

func withStatus(done []executor.Done, status executor.Status) []executor.Done {
	var found []executor.Done
	for _, d := range done {
		if d.Status == status {
			found = append(found, d)
		}
	}
	return found
}

func doneRow(d executor.Done, plan lifecycle.Plan) row {
	op := d.Operation
	a := actOf(op.Kind)
	notes := []string{human.Took(d.Took)}
	if d.Attempts > 1 {
		notes = append(notes, human.Plural(d.Attempts, "attempt"))
	}
	switch {
	case op.Kind == lifecycle.Detach && plan.Policy.DropAfter.Set && !plan.Policy.DropAfter.IsZero():
		notes = append(notes, "will be dropped on "+words.Instant(op.DropAt, plan.Zone())+" or later")
	case op.Kind == lifecycle.Drop && op.Bytes > 0:
		notes = append(notes, "freed "+human.Bytes(op.Bytes))
	}
	return cells(a.color, a.sign+" "+a.past, op.Partition.String(), window(op, plan.Zone()), strings.Join(notes, ", "))
}

// unfinished tells what failed, one by one, and what was left out, by reason.
func (p *Page) unfinished(r executor.Result) {
	for _, d := range withStatus(r.Done, executor.Failed) {
		text := oneLine(d.Err)
		if !strings.Contains(text, d.Operation.Partition.String()) {
			text = d.Operation.ID + ": " + text
		}
		p.line("  %s %s", p.paint(red, "failed"), text)
	}
	for _, status := range []executor.Status{executor.Vetoed, executor.Skipped} {
		for _, left := range folded(withStatus(r.Done, status)) {
			p.line("  %s %s", p.paint(yellow, string(status)), left)
		}
	}
}

// folded is what was not tried, by its reason.
func folded(done []executor.Done) (lines []string) {
	count := map[string]int{}
	var reasons []string
	for _, d := range done {
		reason := string(d.Operation.Kind) + ": " + oneLine(d.Err)
		if count[reason] == 0 {
			reasons = append(reasons, reason)
		}
		count[reason]++
	}
	for _, reason := range reasons {
		lines = append(lines, fmt.Sprintf("%d × %s", count[reason], reason))
	}
	return lines
}

// applied sums up.
func (p *Page) applied(run Run) {
	text := done(executor.Count(run.Results...))
	if run.Changes > 0 {
		text = strings.TrimSuffix(fmt.Sprintf("changed the schema by %s, %s", human.Plural(run.Changes, "statement"), text), ", ")
	}
	tail := fmt.Sprintf("%s, %s.", human.Plural(len(run.Results), "table"), human.Took(run.Took))
	switch run.Outcome {
	case verdict.OK:
		if text == "" {
			text = "nothing to do"
		}
		p.line("%s: %s", p.paint(green, text), tail)
	case verdict.Locked:
		p.line("%s: %s", p.paint(yellow, "locked, nothing was done"), tail)
	case verdict.Failed:
		if text == "" {
			text = "nothing was done"
		}
		p.line("%s: %s", p.paint(red, "failed, "+text), tail)
	default:
		if text == "" {
			text = "nothing was done"
		}
		p.line("%s: %s: %s", p.paint(red, "incomplete"), text, tail)
	}
}

// done counts in words: created 14, detached 3.
func done(c executor.Counts) string {
	var parts []string
	for _, a := range acts() {
		if n := a.count(c); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", a.counts, n))
		}
	}
	return strings.Join(parts, ", ")
}

// oneLine writes an error in one line; joined errors stand on several.
func oneLine(err error) string {
	if err == nil {
		return "no reason given"
	}
	return session.Redact(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))
}
