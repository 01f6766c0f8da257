package level

import (
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// moments are what bounds leave out that were written by somebody who took upper bounds to be inclusive: up to 23:59:59,
// 23:59:59.999 or 23:59:59.999999.
func moments() []time.Duration {
	return []time.Duration{time.Second, time.Millisecond, time.Microsecond}
}

// meant is the window that bounds mean which end, or begin, such a moment before an edge of the calendar or a midnight.
func (r reach) meant(w period.Window) period.Window {
	v := period.Window{From: r.edgeNear(w.From), To: r.edgeNear(w.To)}
	if v.Empty() {
		return w
	}
	return v
}

// meantBy are the windows that sorted bounds mean, in order: mostly themselves.
func (r reach) meantBy(taken []period.Window) []period.Window {
	if len(r.inexact(taken)) == 0 {
		return taken
	}
	var all []period.Window
	for _, w := range taken {
		all = append(all, r.meant(w))
	}
	return sorted(all)
}

// edgeNear is the edge that lies a moment behind p, else p itself.
func (r reach) edgeNear(p period.Point) period.Point {
	if q := momentLater(p); q != p && r.isEdge(q) && !r.isEdge(p) {
		return q
	}
	return p
}

// momentLater is the whole minute that lies such a moment behind p, else p itself. No offset of a zone that is in use today
// has seconds, so every edge is a whole minute.
func momentLater(p period.Point) period.Point {
	t, ok := p.Time()
	if t.Unix()%60 == 0 && t.Nanosecond() == 0 {
		return p // as nearly all edges are
	}
	for _, moment := range moments() {
		if later := t.Add(moment); ok && later.Truncate(time.Minute).Equal(later) {
			return period.Instant(later)
		}
	}
	return p
}

func (r reach) isEdge(p period.Point) bool {
	days := period.Grid{Every: period.Span{Days: 1}, Zone: r.zone}
	return r.calendar.At(p).From == p || days.At(p).From == p
}

// inexact are the windows that mean another.
func (r reach) inexact(taken []period.Window) (found []period.Window) {
	for _, w := range taken {
		if r.meant(w) != w {
			found = append(found, w)
		}
	}
	return found
}

// besides fits a hole to the inexact ones of its neighbours: it begins where the one before really ends, and ends where the one
// after really begins.
func (r reach) besides(hole period.Window, inexact, taken []period.Window) period.Window {
	fitted := hole
	for _, w := range inexact {
		if m := r.meant(w); m.To == hole.From && w.To.Before(fitted.From) {
			fitted.From = w.To
		} else if m.From == hole.To && w.From.Before(fitted.To) {
			fitted.To = w.From
		}
	}
	if fitted == hole {
		return hole
	}
	if open := fitted.Minus(taken); len(open) == 1 {
		return open[0]
	}
	return hole
}

// leavesOut are the partitions that leave out the last moment of their window, where nothing else holds it.
func (w *windows) leavesOut() (short []Part) {
	for _, p := range w.parts {
		left := period.Window{From: p.Window.To, To: w.edgeNear(p.Window.To)}
		if !p.Covers() || p.Expired || left.Empty() {
			continue
		}
		next, _ := slices.BinarySearchFunc(w.covered, left, period.Window.Compare)
		if len(left.Minus(w.covered[max(0, next-1):])) > 0 {
			short = append(short, p)
		}
	}
	return short
}

// inclusive tells of partitions that leave out the last moment of their window.
func (w *windows) inclusive() []Note {
	short := w.leavesOut()
	if len(short) == 0 {
		return nil
	}
	last := short[len(short)-1]
	n := Note{Code: "inclusive_bounds", Warns: true, Partition: last.Name, Share: last.Share,
		Message: fmt.Sprintf("%s, %s at %s: PostgreSQL's upper bounds are exclusive, so that moment is left out",
			human.Count(len(short), "partition ends a moment before its window does", "partitions end a moment before their windows do"), last.Name, last.Window.To),
		Remedy: "New partitions begin where their neighbour ends."}
	for _, p := range short {
		if w.hasNext(p) {
			n.Partition, n.Share, n.SQL = p.Name, p.Share, w.untilTheNext(p)
			n.Remedy = w.momentRemedy()
		}
	}
	return []Note{n}
}

func (w *windows) momentRemedy() string {
	if slices.ContainsFunc(w.parts, func(p Part) bool { return p.State != catalog.Detached && p.Bound.Default }) {
		return "New partitions begin where their neighbour ends. Between the others rows of that moment fall into the DEFAULT partition: " +
			"move these out of it and attach each partition anew up to where the next begins, as here, in one transaction at a quiet time."
	}
	return "New partitions begin where their neighbour ends. Between the others rows of that moment find no partition: " +
		"at a quiet time attach each anew up to where the next begins, as here."
}

// hasNext reports whether a partition begins where the window of another should have ended: no new one will.
func (w *windows) hasNext(p Part) bool {
	to := w.edgeNear(p.Window.To)
	for _, q := range w.parts {
		if q.Covers() && q.Window.From == to {
			return true
		}
	}
	return false
}

// untilTheNext attaches a partition anew up to where the next begins.
func (w *windows) untilTheNext(p Part) string {
	whole := Share{period.Window{From: p.Window.From, To: w.edgeNear(p.Window.To)}}
	return ddl.Script(ddl.Statement{SQL: ddl.Detach(w.table.Name, p.Name)}, ddl.Statement{SQL: ddl.Attach(w.table.Name, p.Name, w.Key(whole).Bound())})
}
