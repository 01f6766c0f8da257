package period

import (
	"math"
	"time"
)

// Grid is the calendar of one unit: minutes, hours, days, weeks, months, quarters, years, or a number of ids.
// Check reports whether it can be used; the zero Grid cannot, and its windows are empty.
//
// Months and days are windows of the calendar in Zone: a day with a change of clocks is 23 or 25 hours long. Days count
// from 1970-01-01, weeks (any multiple of seven days) from Monday 1970-01-05, months and years from January of year 0.
// Minutes and hours are absolute and count from midnight in UTC. Ids count from Origin.
// Windows that would reach beyond the axis end at Low or High, and beyond them they are empty.
type Grid struct {
	Every  Span
	Zone   *time.Location // nil is UTC
	Origin int64          // where windows of ids begin to count
}

// At is the window that holds p. It is the zero Window if p is not of the grid's kind.
func (g Grid) At(p Point) Window {
	switch {
	case g.Every.IDs > 0 && p.kind == id:
		return g.ids(p.n)
	case p.kind != instant:
		return Window{}
	case g.Every.Exact > 0:
		return g.exact(floorDiv(p.n, g.width()))
	case g.Every.Months > 0 || g.Every.Days > 0:
		w, _ := g.calendar(p)
		return w
	}
	return Window{}
}

// Add is the window n windows after w, before it when n is negative.
func (g Grid) Add(w Window, n int) Window {
	switch {
	case w.Empty() || !w.From.Finite() && !w.To.Finite():
		return w
	case !w.From.Finite():
		return g.fromFirst(w, n)
	case g.Every.IDs > 0 && w.From.kind == id:
		return g.addIDs(w.From.n, int64(n))
	case w.From.kind != instant:
		return Window{}
	case g.Every.Exact > 0:
		return g.exact(addCapped(floorDiv(w.From.n, g.width()), int64(n)))
	case g.Every.Months > 0 || g.Every.Days > 0:
		return g.addCalendar(w, int64(n))
	}
	return Window{}
}

// fromFirst adds to the window that begins at Low.
func (g Grid) fromFirst(w Window, n int) Window {
	switch {
	case n > 0:
		return g.Add(g.At(w.To), n-1)
	case n == 0:
		return w
	}
	return Window{From: Low(), To: Low()}
}

// width is the length of exact windows in microseconds.
func (g Grid) width() int64 { return max(1, int64(g.Every.Exact/time.Microsecond)) }

// exact is the window of that number, counted from 1970-01-01 UTC. As the width divides a day, this is also
// counting from midnight of every day.
func (g Grid) exact(k int64) Window {
	return Window{g.exactEdge(k), g.exactEdge(addCapped(k, 1))}
}

func (g Grid) exactEdge(k int64) Point {
	if k > latest/g.width()+1 || k < earliest/g.width()-1 {
		return beyond(k)
	}
	return instantAt(k * g.width())
}

// calendar is the window of days or months that holds an instant, and its number.
func (g Grid) calendar(p Point) (Window, int64) {
	k := g.number(dayOf(p.n, g.Zone))
	w := g.numbered(k)
	// Where midnight comes twice the day begins at the second; the hour before already has the new date.
	for ; p.Before(w.From); w = g.numbered(k) {
		k--
	}
	// Where a zone left out a day its window is empty.
	for ; !p.Before(w.To); w = g.numbered(k) {
		k++
	}
	return w, k
}

// addCalendar counts n windows on. Only a grid of single days has empty windows, where a zone left out a day;
// they do not count.
func (g Grid) addCalendar(w Window, n int64) Window {
	_, k := g.calendar(w.From)
	if g.Every.Months != 0 || g.Every.Days != 1 || n == 0 {
		return g.numbered(addCapped(k, n))
	}
	to := addCapped(k, n)
	if missing := leftOut(w.From, midnight(to, g.Zone), g.Zone); n > 0 {
		to = addCapped(to, missing)
	} else {
		to = addCapped(to, -missing)
	}
	for v := g.numbered(to); v.Empty() && v.From.Finite(); v = g.numbered(to) {
		to += n / max(n, -n)
	}
	return g.numbered(to)
}

func (g Grid) numbered(k int64) Window {
	return Window{midnight(g.first(k), g.Zone), midnight(g.first(addCapped(k, 1)), g.Zone)}
}

// number is the window whose days include that one.
func (g Grid) number(days int64) int64 {
	if g.Every.Months > 0 {
		year, month, _ := civil(days)
		return floorDiv(int64(year)*12+int64(month)-1, int64(g.Every.Months))
	}
	return floorDiv(days-g.monday(), int64(g.Every.Days))
}

// first is the first day of a window.
func (g Grid) first(k int64) int64 {
	if g.Every.Months > 0 {
		return monthStart(timesCapped(k, int64(g.Every.Months)))
	}
	return addCapped(timesCapped(k, int64(g.Every.Days)), g.monday())
}

// monday is where weeks begin to count, as days from 1970-01-01, a Thursday.
func (g Grid) monday() int64 {
	if g.Every.Days%7 == 0 {
		return 4
	}
	return 0
}

// Pattern is the default pattern of names: table, two underscores, and the window's start as fine as the unit.
func (g Grid) Pattern() string {
	switch e := g.Every; {
	case e.IDs > 0:
		return "{table}__{start}"
	case e.Exact%time.Hour != 0:
		return "{table}__{yyyy}_{mm}_{dd}_{hh}{mi}"
	case e.Exact > 0:
		return "{table}__{yyyy}_{mm}_{dd}_{hh}"
	case e.Days > 0 && e.Days%7 == 0:
		return "{table}__{iyyy}_w{ww}"
	case e.Days > 0:
		return "{table}__{yyyy}_{mm}_{dd}"
	case e.Months%12 == 0:
		return "{table}__{yyyy}"
	case e.Months%6 == 0:
		return "{table}__{yyyy}_h{half}"
	case e.Months%3 == 0:
		return "{table}__{yyyy}_q{q}"
	default:
		return "{table}__{yyyy}_{mm}"
	}
}

// timesCapped multiplies and stops at the ends of int64. b is positive.
func timesCapped(a, b int64) int64 {
	switch {
	case a > math.MaxInt64/b:
		return math.MaxInt64
	case a < math.MinInt64/b:
		return math.MinInt64
	}
	return a * b
}
