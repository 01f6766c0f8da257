package report

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/words"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Standing is a table as it stands.
type Standing struct {
	Table  catalog.Table
	Status lifecycle.TableStatus
	Sizes  map[uint32]int64 // true sizes by OID; what is not in it was locked
}

// Standings writes one line for each table, then what there is to say about each.
func (p *Page) Standings(tables []Standing, at time.Time) {
	rows := []row{cells(bold, "table", "partitions", "size", "runway", "expired", "detached", "findings")}
	for _, t := range tables {
		rows = append(rows, t.row())
	}
	p.rows("", rows)
	for _, t := range tables {
		p.standing(t)
	}
	p.line("")
	p.line("%s at %s", human.Plural(len(tables), "table"), at.UTC().Format("2006-01-02 15:04:05 UTC"))
}

func (t Standing) row() row {
	plan := t.Status.Plan
	if plan.Horizon.IsZero() {
		return cells(red, plan.Table.String(), "-", "-", "-", "-", "-", severities(plan.Findings))
	}
	attached, detached := t.in("attached", "default", "pending"), t.in("detached")
	expired := 0
	for _, part := range attached {
		if part.Expired {
			expired++
		}
	}
	c := green
	if !plan.Runway.Enough() {
		c = red
	}
	return cells(c, plan.Table.String(), human.Number(int64(len(attached))), t.size(attached),
		words.Runway(plan.Runway, plan.At, plan.Zone()), human.Number(int64(expired)), t.count(detached), severities(plan.Findings))
}

func (t Standing) count(detached []lifecycle.PartitionStatus) string {
	if len(detached) == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", len(detached), t.size(detached))
}

// in are the partitions in one of the states.
func (t Standing) in(states ...string) []lifecycle.PartitionStatus {
	var found []lifecycle.PartitionStatus
	for _, part := range t.Status.Partitions {
		for _, state := range states {
			if part.State == state {
				found = append(found, part)
			}
		}
	}
	return found
}

// size adds up true sizes, and says so where some are not known.
func (t Standing) size(parts []lifecycle.PartitionStatus) string {
	var total int64
	locked := 0
	for _, part := range parts {
		if bytes, ok := t.Sizes[part.OID]; ok {
			total += bytes
		} else {
			locked++
		}
	}
	if locked > 0 {
		return fmt.Sprintf("%s + %d locked", human.Bytes(total), locked)
	}
	return human.Bytes(total)
}

// severities counts the findings: 1 error, 2 warnings.
func severities(findings []lifecycle.Finding) string {
	text := ""
	for _, s := range []struct {
		severity lifecycle.Severity
		noun     string
	}{{lifecycle.Error, "error"}, {lifecycle.Warning, "warning"}, {lifecycle.Info, "note"}} {
		n := countOf(findings, s.severity)
		switch {
		case n == 0:
			continue
		case text != "":
			text += ", "
		}
		text += human.Plural(n, s.noun)
	}
	if text == "" {
		return "none"
	}
	return text
}

// standing tells what is beyond the ordinary: partitions that are neither attached nor expired, and the findings.
func (p *Page) standing(t Standing) {
	notable := t.in("default", "pending", "detached")
	findings := t.Status.Plan.Findings
	if len(notable) == 0 && len(findings) == 0 {
		return
	}
	p.line("")
	p.line("%s", p.paint(bold, t.Status.Plan.Table.String()))
	var rows []row
	for i, part := range notable {
		if n := len(notable); n > longest && i >= begin && i < n-end {
			if i == begin {
				rows = append(rows, cells(dim, fmt.Sprintf("… %d more …", n-begin-end)))
			}
			continue
		}
		rows = append(rows, t.partition(part))
	}
	p.rows("  ", rows)
	for _, f := range findings {
		p.finding(f)
	}
}

func (t Standing) partition(part lifecycle.PartitionStatus) row {
	state := map[string]string{"default": "DEFAULT", "pending": "detach interrupted", "detached": "detached"}[part.State]
	size := "size locked"
	if bytes, ok := t.Sizes[part.OID]; ok {
		size = human.Bytes(bytes)
	}
	then := ""
	switch {
	case part.State == "detached" && part.DropAt.IsZero():
		then = "not to be dropped"
	case part.State == "detached" && part.DropAt.After(t.Status.Plan.At):
		then = "will be dropped on " + words.Instant(part.DropAt, t.Status.Plan.Zone()) + " or later"
	case part.State == "detached":
		then = "may be dropped now"
	}
	return cells(cyan, state, part.Name.String(), words.Window(part.Window, t.Status.Plan.Zone()),
		size, human.Rows(part.Rows), then)
}
