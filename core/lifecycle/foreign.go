package lifecycle

import (
	"fmt"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// A comment is written by whoever owns the table, and a name is given by whoever may make one. So what a comment says is
// believed only of tables whose owner the owner of the partitioned table trusts already.

// foreignOwner reports a table with a marker of this parent that another role owns, and could have made for us to attach. No
// statement is printed: to make it ours is to let its triggers, grants and rows in.
func (m *maker) foreignOwner(p part) {
	m.find(Finding{Code: "foreign_owner", Severity: Warning, Partition: p.Name, Window: p.Window,
		Message: fmt.Sprintf("%s is marked as detached from %s, and belongs to %s, which %s, the owner of %s, is no member of; it is neither attached nor dropped",
			p.Name, m.table.Name, catalog.QuoteIdent(p.Owner), catalog.QuoteIdent(m.table.Owner), m.table.Name),
		Remedy: fmt.Sprintf("If it is yours, look at its rows, triggers and grants first, and then give it to %s with ALTER TABLE ... OWNER TO; else drop it by hand when nobody needs it.",
			catalog.QuoteIdent(m.table.Owner))})
}

// leavesForeign reports that a partition of another owner, once detached, stays.
func (m *maker) leavesForeign(p part) {
	if p.Trusted || !m.policy.DropAfter.Set {
		return
	}
	m.find(Finding{Code: "foreign_owner", Severity: Warning, Partition: p.Name, Window: p.Window,
		Message: fmt.Sprintf("%s is detached and will not be dropped: it belongs to %s, which %s, the owner of %s, is no member of",
			p.Name, catalog.QuoteIdent(p.Owner), catalog.QuoteIdent(m.table.Owner), m.table.Name),
		Remedy: "If it is yours, give it to the owner of the table; else drop it by hand.",
		SQL:    fmt.Sprintf("ALTER TABLE %s OWNER TO %s", p.Name, catalog.QuoteIdent(m.table.Owner))})
}

// foreignMarker reports a detached partition whose marker speaks of other tables than these: a dump restored elsewhere, or a parent made anew.
func (m *maker) foreignMarker(p part) {
	adopted := *p.Marker
	adopted.Parent, adopted.OID, adopted.ParentOID = m.table.Name, p.OID, m.table.OID
	m.find(Finding{Code: "foreign_marker", Severity: Warning, Partition: p.Name, Window: p.Window,
		Message: fmt.Sprintf("%s is marked as detached from another table %s than the one that is here; it is neither attached nor dropped", p.Name, p.Marker.Parent),
		Remedy:  "If it is yours to retire, adopt it with this COMMENT; else drop it by hand when nobody needs it.",
		SQL:     ddl.Comment(p.Name, adopted.String())})
}

// refresh plans to write the parent's name anew into markers of before it was renamed or moved: what finds detached partitions by the
// name, the Python tool, finds them again. Nothing depends on it here, so what is held or otherwise due is passed over.
func (m *maker) refresh() {
	ops := m.plan.Operations()
	for _, p := range m.inState(catalog.Detached) {
		due := slices.ContainsFunc(ops, func(op Operation) bool { return op.OID == p.OID })
		if !p.own || due || p.Held || m.table.Held || len(p.Lacks) > 0 || p.Marker.Parent == m.table.Name {
			continue
		}
		marker := *p.Marker
		marker.Parent = m.table.Name
		m.step(Step{Retires: true, Quiet: true, Statements: p.target().Recomment(marker.String(), ddl.NotAttached(), ddl.Commented(p.Comment), ddl.Unheld(m.table.OID))})
	}
}
