package level

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

func (w *windows) Layout() []Note {
	var notes []Note
	for i := range w.parts {
		p := &w.parts[i]
		if p.State != catalog.Attached || p.Bound.Default {
			continue
		}
		switch n := (Note{Partition: p.Name, Share: p.Share}); {
		case !p.Known:
			n.Code = "unreadable_bound"
			n.Message = fmt.Sprintf("%s is left alone: its bound (%s) is no window of the first key column alone", p.Name, p.Bound.Text)
			notes = append(notes, n)
		case !p.Window.From.Finite() || !p.Window.To.Finite():
			n.Code, n.Message = "unbounded", fmt.Sprintf("%s has no %s", p.Name, openSide(p.Window))
			notes = append(notes, n)
		case p.Wide && !p.Expired:
			n.Code, n.Message = "off_grid", fmt.Sprintf("%s is wider than a window of the policy: %s", p.Name, p.Window)
			notes = append(notes, n)
		}
	}
	return append(notes, w.gaps()...)
}

func openSide(w period.Window) string {
	if w.To.Finite() {
		return "lower bound"
	}
	return "upper bound: it never expires, and no partition can be made behind it"
}

// mostGaps is how many gaps are told one by one.
const mostGaps = 10

// gaps are the holes between the oldest partition that is kept and the first wanted window.
func (w *windows) gaps() (notes []Note) {
	covered := w.meantBy(w.covered)
	if len(covered) == 0 {
		return nil
	}
	past := period.Window{From: w.cutoff, To: w.behind().From}
	if past.From.Before(covered[0].From) {
		past.From = covered[0].From
	}
	if past.Empty() {
		return nil
	}
	gaps := past.Minus(covered)
	for i, gap := range gaps {
		if i == mostGaps {
			rest := period.Window{From: gap.From, To: gaps[len(gaps)-1].To}
			return append(notes, Note{Code: "gap", Share: Share{rest}, Message: fmt.Sprintf("%d more gaps follow", len(gaps)-i)})
		}
		notes = append(notes, Note{Code: "gap", Share: Share{gap}, Message: fmt.Sprintf("no partition holds %s, which the policy keeps", gap)})
	}
	return notes
}

func (w *windows) Oddities() []Note {
	return append(append(w.unlike(), w.inclusive()...), w.zoneNote...)
}
