package lifecycle

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// part is a partition or a detached partition with what the policy makes of it.
type part struct {
	level.Part
	own bool // a detached partition whose marker is ours, of this very parent and this very table
}

// isDefault reports whether it is the DEFAULT partition.
func (p part) isDefault() bool { return p.Bound.Default }

// look takes the level's partitions, and finds out what detached ones held.
func (m *maker) look() {
	m.parts = make([]part, 0, len(m.level.Parts))
	for _, p := range m.level.Parts {
		q := part{Part: p}
		if p.State == catalog.Detached {
			q.Extent, q.own = m.extentOf(p.Partition), m.ownMarker(p.Partition)
			m.plan.Detached++
		} else {
			m.plan.Attached++
		}
		m.parts = append(m.parts, q)
	}
	if m.plan.Detached > 0 {
		slices.SortStableFunc(m.parts, func(x, y part) int { return x.Compare(y.Share) })
	}
}

// extentOf is what a detached partition held, which has no bound of its own: its marker tells it, else its name, else the CHECK that a
// concurrent detach left.
func (m *maker) extentOf(p *catalog.Partition) level.Extent {
	if p.Marker != nil && p.Marker.Bound != "" {
		return m.level.Decode(catalog.ParseBound(p.Marker.Bound))
	}
	if named := m.level.Named(p.Name.Table); named.Known {
		return named
	}
	return m.checked(p.OID, p.Checks, m.ownMarker(p))
}

// checked reads an extent off the CHECKs of a table, whose texts the catalog gives only when asked, as ours is.
func (m *maker) checked(oid uint32, checks []catalog.Check, ours bool) level.Extent {
	if ours && slices.ContainsFunc(checks, func(c catalog.Check) bool { return c.Def == "" }) {
		m.ask(catalog.Ask{Kind: catalog.AskCheck, Relation: oid})
	}
	for _, c := range checks {
		if e := m.level.Decode(level.BoundOfCheck(c.Def)); e.Known {
			return e
		}
	}
	return level.Extent{}
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

// overlapsAny reports whether s has a key in common with one of the shares.
func overlapsAny(s level.Share, shares []level.Share) bool {
	return slices.ContainsFunc(shares, s.Overlaps)
}
