package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// moments are what bounds leave out that were written by somebody who took upper bounds to be inclusive: up to 23:59:59,
// 23:59:59.999 or 23:59:59.999999.
func moments() []time.Duration {
	return []time.Duration{time.Second, time.Millisecond, time.Microsecond}
}

// meant is the window that bounds mean which end, or begin, such a moment before an edge of the calendar or a midnight.
func (a axis) meant(w period.Window) period.Window {
	v := period.Window{From: a.edgeNear(w.From), To: a.edgeNear(w.To)}
	if v.Empty() {
		return w
	}
	return v
}

// meantBy are the windows that sorted bounds mean, in order: mostly themselves.
func (a axis) meantBy(held []period.Window) []period.Window {
	if len(a.inexact(held)) == 0 {
		return held
	}
	var all []period.Window
	for _, w := range held {
		all = append(all, a.meant(w))
	}
	return sorted(all)
}

// edgeNear is the edge that lies a moment behind p, else p itself.
func (a axis) edgeNear(p period.Point) period.Point {
	if q := momentLater(p); q != p && a.isEdge(q) && !a.isEdge(p) {
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

func (a axis) isEdge(p period.Point) bool {
	days := period.Grid{Every: period.Span{Days: 1}, Zone: a.zone}
	return a.calendar.At(p).From == p || days.At(p).From == p
}

// inexact are the windows that mean another.
func (a axis) inexact(held []period.Window) (found []period.Window) {
	for _, w := range held {
		if a.meant(w) != w {
			found = append(found, w)
		}
	}
	return found
}

// besides fits a hole to the inexact ones of its neighbours: it begins where the one before really ends, and ends where the one
// after really begins.
func (a axis) besides(hole period.Window, inexact, held []period.Window) period.Window {
	fitted := hole
	for _, w := range inexact {
		if m := a.meant(w); m.To == hole.From && w.To.Before(fitted.From) {
			fitted.From = w.To
		} else if m.From == hole.To && w.From.Before(fitted.To) {
			fitted.To = w.From
		}
	}
	if fitted == hole {
		return hole
	}
	if open := fitted.Minus(held); len(open) == 1 {
		return open[0]
	}
	return hole
}

// sparingDefault lets a window begin at its own edge where the DEFAULT partition holds rows of the moment before, or may do so: they
// stay there, and nothing stands in the way of the window.
func (m *maker) sparingDefault(p piece) piece {
	d := m.defaultPart()
	if d == nil || !p.window.From.Before(p.hole.From) {
		return p
	}
	a := m.axis.encoding
	answer, asked := m.ask(catalog.Ask{Kind: catalog.AskRows, Relation: d.OID, From: a.Literal(p.window.From), To: a.Literal(p.hole.From)})
	if asked && (answer.Yes || !answer.Known) {
		p.window.From = p.hole.From
	}
	return p
}

// leavesOut are the partitions that leave out the last moment of their window, where nothing else holds it.
func (m *maker) leavesOut() (short []part) {
	var held []period.Window
	for _, p := range m.parts {
		left := period.Window{From: p.window.To, To: m.axis.edgeNear(p.window.To)}
		if !p.covers() || p.expired || left.Empty() {
			continue
		}
		if held == nil {
			held = m.coveredNow()
		}
		next, _ := slices.BinarySearchFunc(held, left, period.Window.Compare)
		if len(left.Minus(held[max(0, next-1):])) > 0 {
			short = append(short, p)
		}
	}
	return short
}

// noticeInclusive reports partitions that leave out the last moment of their window.
func (m *maker) noticeInclusive() {
	short := m.leavesOut()
	if len(short) == 0 {
		return
	}
	last := short[len(short)-1]
	f := Finding{Code: "inclusive_bounds", Severity: Warning, Partition: last.Name, Window: last.window,
		Message: fmt.Sprintf("%s, %s at %s: PostgreSQL's upper bounds are exclusive, so that moment is left out",
			human.Count(len(short), "partition ends a moment before its window does", "partitions end a moment before their windows do"), last.Name, last.window.To),
		Remedy: "New partitions begin where their neighbour ends."}
	for _, p := range short {
		if m.hasNext(p) {
			f.Partition, f.Window, f.SQL = p.Name, p.window, m.untilTheNext(p)
			f.Remedy = m.momentRemedy()
		}
	}
	m.find(f)
}

func (m *maker) momentRemedy() string {
	if m.defaultPart() != nil {
		return "New partitions begin where their neighbour ends. Between the others rows of that moment fall into the DEFAULT partition: " +
			"move these out of it and attach each partition anew up to where the next begins, as here, in one transaction at a quiet time."
	}
	return "New partitions begin where their neighbour ends. Between the others rows of that moment find no partition: " +
		"at a quiet time attach each anew up to where the next begins, as here."
}

// hasNext reports whether a partition begins where the window of another should have ended: no new one will.
func (m *maker) hasNext(p part) bool {
	to := m.axis.edgeNear(p.window.To)
	for _, q := range m.parts {
		if q.covers() && q.window.From == to {
			return true
		}
	}
	return false
}

// untilTheNext attaches a partition anew up to where the next begins.
func (m *maker) untilTheNext(p part) string {
	table, whole := m.table.Name, period.Window{From: p.window.From, To: m.axis.edgeNear(p.window.To)}
	return fmt.Sprintf("BEGIN;\nALTER TABLE %s DETACH PARTITION %s;\nALTER TABLE %s ATTACH PARTITION %s %s;\nCOMMIT;",
		table, p.Name, table, p.Name, m.axis.bound(whole, len(m.table.Key)))
}
