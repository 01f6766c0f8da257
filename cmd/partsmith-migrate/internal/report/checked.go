package report

import (
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Valid writes that documents are sound, and what was not looked at.
func (p *Page) Valid(tables int, unchecked string) {
	text := human.Plural(tables, "table") + ": the document is valid"
	if unchecked != "" {
		p.line("%s. %s", text, unchecked)
		return
	}
	p.line("%s, and the tables fit their policies.", text)
}

// Misfits writes the errors, which are those of every command, and what else concerns the fit of a table and its policy.
// It counts the errors.
func (p *Page) Misfits(plans []lifecycle.Plan) (wrong int) {
	for _, plan := range plans {
		findings := fitting(plan.Findings)
		if len(findings) == 0 {
			continue
		}
		p.line("%s", p.paint(bold, plan.Table.String()))
		for _, f := range findings {
			p.finding(f)
		}
		wrong += errorsIn(findings)
	}
	return wrong
}

// fitting leaves out the warnings that only time and rows have brought about: those are for `status`.
func fitting(findings []lifecycle.Finding) []lifecycle.Finding {
	var found []lifecycle.Finding
	for _, f := range findings {
		switch f.Code {
		case "not_owner", "misfit", "name_differs", "name_unknown", "zone_differs", "zone_unknown", "inclusive_bounds", "lock_mismatch", "storage_differs", "unreadable_bound", "nested":
			found = append(found, f)
		default:
			if f.Severity == lifecycle.Error {
				found = append(found, f)
			}
		}
	}
	return found
}
