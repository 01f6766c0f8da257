package period

import "iter"

// Calendar divides the axis into windows without gap or overlap. Grid is the one that policies describe by a unit;
// a program may bring its own, a fiscal year of 4-4-5 weeks for instance.
type Calendar interface {
	// At is the window that holds p, which is finite.
	At(p Point) Window
	// Add is the window n windows after w, before it when n is negative. w is a window of this calendar.
	Add(w Window, n int) Window
	// Pattern is the text of the default pattern of its windows' names, for example `{table}__{yyyy}_{mm}`.
	Pattern() string
}

// Between yields, in order, the windows of a calendar that share a point with [from, to).
// It yields nothing where from is not finite, and ends where the calendar does.
func Between(c Calendar, from, to Point) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		if !from.Finite() {
			return
		}
		for w := c.At(from); !w.Empty() && w.From.Before(to); {
			if !yield(w) {
				return
			}
			next := c.Add(w, 1)
			if !w.From.Before(next.From) {
				return
			}
			w = next
		}
	}
}
