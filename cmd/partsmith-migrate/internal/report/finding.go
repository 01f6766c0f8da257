package report

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// findings tells what a person should know, the most severe first.
func (p *Page) findings(findings []lifecycle.Finding) {
	if len(findings) == 0 {
		return
	}
	p.line("")
	for _, severity := range []lifecycle.Severity{lifecycle.Error, lifecycle.Warning, lifecycle.Info} {
		for _, f := range findings {
			if f.Severity == severity {
				p.finding(f)
			}
		}
	}
}

func (p *Page) finding(f lifecycle.Finding) {
	word, c := "note", cyan
	switch f.Severity {
	case lifecycle.Error:
		word, c = "error", red
	case lifecycle.Warning:
		word, c = "warning", yellow
	}
	p.line("  %s %s: %s", p.paint(c, word), f.Code, f.Message)
	if f.Remedy != "" {
		p.line("    %s", f.Remedy)
	}
	if f.SQL != "" {
		p.line("    %s", p.paint(dim, strings.TrimSuffix(f.SQL, ";")+";"))
	}
}

func errorsIn(findings []lifecycle.Finding) int { return countOf(findings, lifecycle.Error) }

func countOf(findings []lifecycle.Finding, severity lifecycle.Severity) int {
	n := 0
	for _, f := range findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}
