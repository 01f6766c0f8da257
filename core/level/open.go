package level

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// Missing begins with what lies at the current window and after it, then the past.
func (w *windows) Missing(back []Share) []Piece {
	taken := w.covered
	for _, s := range back {
		taken = append(slices.Clip(taken), s.Window)
	}
	taken = sorted(taken)
	covered, inexact := w.meantBy(taken), w.inexact(taken)
	var ahead, behind []Piece
	for _, v := range w.wanted() {
		for _, hole := range v.Minus(covered) {
			switch p := w.piece(hole, w.besides(hole, inexact, taken), hole == v); {
			case w.current.From.Before(hole.To):
				ahead = append(ahead, p)
			case w.cutoff.Before(hole.To):
				behind = append(behind, p)
			}
		}
	}
	return append(ahead, behind...)
}

func (w *windows) piece(hole, fitted period.Window, whole bool) Piece {
	return Piece{Share: Share{fitted}, Hole: Share{hole}, Whole: whole,
		Urgent: fitted.From.Before(w.least()), Later: w.current.To.Compare(fitted.From) <= 0}
}
