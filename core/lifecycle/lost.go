package lifecycle

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// noticeLost reports tables that look like detached partitions of this table and whose comment no longer begins with a
// marker: somebody wrote above it, or replaced the comment. Nothing else is done with them. A line partsmith:hold in the
// comment says that it is meant so.
func (m *maker) noticeLost() {
	for _, l := range m.table.Lost {
		if l.Held {
			continue
		}
		if l.Marker != nil {
			m.lostMarker(l)
			continue
		}
		if named := m.level.Named(l.Name.Table); named.Known {
			m.lostName(l, named.Share, "the name")
			continue
		}
		if checked := m.checked(l.OID, l.Checks, true); checked.Known {
			m.lostName(l, checked.Share, "a CHECK as DETACH CONCURRENTLY leaves it")
		}
	}
}

// lostMarker prints the marker that is still told somewhere in the comment. Its waiting time begins anew.
func (m *maker) lostMarker(l catalog.Lost) {
	marker := *l.Marker
	marker.DetachedAt = m.plan.At
	if now := m.table.Server.Now; now.After(marker.DetachedAt) {
		marker.DetachedAt = now
	}
	was := m.level.Decode(catalog.ParseBound(marker.Bound))
	m.find(Finding{Code: "marker_lost", Severity: Warning, Partition: l.Name, Window: was.Window,
		Message: fmt.Sprintf("%s was detached from %s, and its comment no longer begins with the marker; it is neither attached nor dropped", l.Name, m.table.Name),
		Remedy:  "This COMMENT restores the marker, with what else the comment says below it; the waiting time begins anew. A line partsmith:hold in the comment instead ends this warning.",
		SQL:     ddl.Comment(l.Name, marker.String())})
}

func (m *maker) lostName(l catalog.Lost, s level.Share, like string) {
	m.find(Finding{Code: "marker_lost", Severity: Warning, Partition: l.Name, Window: s.Window,
		Message: fmt.Sprintf("%s has the columns of %s and %s of a partition of %s, but no marker: if it was detached by a run, its comment was replaced; it is neither attached nor dropped",
			l.Name, m.table.Name, like, s),
		Remedy: "Attach it, rename it or drop it by hand, whichever it is meant for; a line partsmith:hold in its comment ends this warning."})
}
