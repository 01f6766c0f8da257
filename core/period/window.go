package period

import "cmp"

// Window is the half-open stretch [From, To) of the axis.
type Window struct{ From, To Point }

// Empty reports whether the window holds no point.
func (w Window) Empty() bool { return !w.From.Before(w.To) }

// Contains reports whether p lies in the window.
func (w Window) Contains(p Point) bool { return !p.Before(w.From) && p.Before(w.To) }

// Overlaps reports whether the two windows share a point.
func (w Window) Overlaps(v Window) bool {
	return !w.Empty() && !v.Empty() && w.From.Before(v.To) && v.From.Before(w.To)
}

// Compare orders windows by where they begin, then by where they end.
func (w Window) Compare(v Window) int {
	return cmp.Or(w.From.Compare(v.From), w.To.Compare(v.To))
}

// Minus gives what the others leave open of w, in order. The others must be sorted by Compare.
func (w Window) Minus(others []Window) []Window {
	var open []Window
	at := w.From
	for _, o := range others {
		if o.Empty() || !at.Before(o.To) {
			continue
		}
		if !o.From.Before(w.To) {
			break
		}
		if at.Before(o.From) {
			open = append(open, Window{at, o.From})
		}
		at = o.To
	}
	if at.Before(w.To) {
		open = append(open, Window{at, w.To})
	}
	return open
}

// String writes the window as an interval.
func (w Window) String() string { return "[" + w.From.String() + ", " + w.To.String() + ")" }
