package lifecycle

import (
	"regexp"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// part is a partition or a detached partition with what the policy makes of it.
type part struct {
	*catalog.Partition
	window  period.Window
	known   bool // the window could be read
	wide    bool // wider than a window of the policy, or without an end
	expired bool // its upper end is past the cutoff
	own     bool // a detached partition whose marker is ours, of this very parent and this very table
}

// covers reports whether rows of the window find this partition now.
func (p part) covers() bool { return p.State == catalog.Attached && p.known }

// isDefault reports whether it is the DEFAULT partition.
func (p part) isDefault() bool { return p.Bound.Default }

// look reads the table's partitions under the policy, and what the policy wants.
func (m *maker) look() {
	m.wanted = m.axis.wanted(m.policy, m.now)
	m.parts = make([]part, 0, len(m.table.Partitions))
	cutoff := m.axis.cutoff(m.policy, m.now)
	for i := range m.table.Partitions {
		p := &m.table.Partitions[i]
		q := part{Partition: p}
		q.window, q.known = m.axis.bounds[i].window, m.axis.bounds[i].known
		if p.State == catalog.Detached {
			q.window, q.known = m.windowOf(p)
		}
		q.wide = q.known && m.axis.wide(q.window)
		q.expired = q.known && q.window.To.Finite() && !cutoff.IsZero() && !cutoff.Before(q.window.To)
		q.own = p.State == catalog.Detached && m.ownMarker(p)
		m.parts = append(m.parts, q)
		if p.State == catalog.Detached {
			m.plan.Detached++
		} else {
			m.plan.Attached++
		}
	}
	slices.SortStableFunc(m.parts, func(x, y part) int { return x.window.Compare(y.window) })
}

// windowOf is what a detached partition holds, which has no bound of its own: its marker tells it, else its name, else the CHECK that a
// concurrent detach left.
func (m *maker) windowOf(p *catalog.Partition) (period.Window, bool) {
	if p.Marker != nil && p.Marker.Bound != "" {
		return m.axis.window(catalog.ParseBound(p.Marker.Bound))
	}
	if w, ok := m.axis.pattern.Parse(m.table.Name.Table, p.Name.Table); ok {
		return w, true
	}
	return m.windowOfChecks(p)
}

// windowOfChecks reads a window off the CHECKs of a detached partition, whose texts the catalog gives only when asked.
func (m *maker) windowOfChecks(p *catalog.Partition) (period.Window, bool) {
	for _, c := range p.Checks {
		if c.Def == "" && m.ownMarker(p) {
			m.ask(catalog.Ask{Kind: catalog.AskCheck, Relation: p.OID})
			return period.Window{}, false
		}
		if w, ok := m.windowOfCheck(c.Def); ok {
			return w, true
		}
	}
	return period.Window{}, false
}

// edges are the two comparisons with a literal in the CHECK that DETACH CONCURRENTLY leaves:
// CHECK ((at IS NOT NULL) AND (at >= '…'::type) AND (at < '…'::type)), PostgreSQL 14 to 18.
var edges = regexp.MustCompile(`(>=|<) '((?:[^']|'')*)'::`)

func (m *maker) windowOfCheck(def string) (period.Window, bool) {
	found := edges.FindAllStringSubmatch(def, -1)
	if len(found) != 2 || found[0][1] != ">=" || found[1][1] != "<" {
		return period.Window{}, false
	}
	from, err := m.axis.encoding.Decode(found[0][2])
	if err != nil {
		return period.Window{}, false
	}
	to, err := m.axis.encoding.Decode(found[1][2])
	return period.Window{From: from, To: to}, err == nil
}

// ownMarker reports whether a marker is about this very table and this very parent. The OIDs of both decide, whatever the parent is
// called by now; a marker without them goes by the parent's name. One written by a role that is not trusted is nobody's.
func (m *maker) ownMarker(p *catalog.Partition) bool {
	k := p.Marker
	switch {
	case k == nil || !p.Trusted:
		return false
	case k.OID == 0 && k.ParentOID == 0:
		return k.Parent == m.table.Name
	}
	return k.OID == p.OID && k.ParentOID == m.table.OID
}

// inState gives the parts of one state, DEFAULT left out. They are not to be changed.
func (m *maker) inState(s catalog.State) []part {
	of := func(p *part) bool { return p.State == s && !p.isDefault() }
	n := 0
	for i := range m.parts {
		if of(&m.parts[i]) {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(m.parts):
		return slices.Clip(m.parts)
	}
	found := make([]part, 0, n)
	for _, p := range m.parts {
		if of(&p) {
			found = append(found, p)
		}
	}
	return found
}

// defaultPart is the DEFAULT partition, nil where there is none.
func (m *maker) defaultPart() *part {
	for i, p := range m.parts {
		if p.State != catalog.Detached && p.isDefault() {
			return &m.parts[i]
		}
	}
	return nil
}

// coveredNow is what attached partitions hold, in order.
func (m *maker) coveredNow() []period.Window {
	covered := make([]period.Window, 0, len(m.parts))
	for i := range m.parts {
		if p := &m.parts[i]; p.covers() {
			covered = append(covered, p.window)
		}
	}
	return sorted(covered)
}

// sorted are the windows in order; where they are that already, they are not copied.
func sorted(windows []period.Window) []period.Window {
	if slices.IsSortedFunc(windows, period.Window.Compare) {
		return slices.Clip(windows)
	}
	windows = slices.Clone(windows)
	slices.SortFunc(windows, period.Window.Compare)
	return windows
}

// overlapsAny reports whether w shares a point with one of the windows.
func overlapsAny(w period.Window, windows []period.Window) bool {
	return slices.ContainsFunc(windows, w.Overlaps)
}
