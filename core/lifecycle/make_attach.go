package lifecycle

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// rejoin plans what brings partitions back: pending detaches that hold part of a wanted window, and orphans whose
// window has not expired. It gives the windows that they will hold.
func (m *maker) rejoin(covered []period.Window) []period.Window {
	var joined []period.Window
	for _, p := range m.inState(catalog.Pending) {
		if m.wantsBack(p) {
			joined = append(joined, p.window)
			if m.finalize(p, true, "pending_wanted", "its detach was interrupted, and its window is wanted") {
				m.attach(p, "pending_wanted", "its detach was interrupted, and its window is wanted")
			}
		}
	}
	for _, p := range m.inState(catalog.Orphan) {
		if !p.own || !p.known || p.expired {
			continue
		}
		if m.attachable(p, append(covered, joined...)) {
			joined = append(joined, p.window)
			m.attach(p, "orphan_wanted", "it was detached, and its window has not expired under today's policy")
		}
	}
	return joined
}

// wantsBack tells whether a pending detach is undone: its window is wanted, or our own marker says that it was ours and
// the policy has changed its mind.
func (m *maker) wantsBack(p part) bool {
	return p.known && !p.expired && (overlapsAny(p.window, m.wanted) || p.Marker != nil && p.Marker.Parent == m.table.Name)
}

// attachable tells whether ATTACH will take an orphan; where not, it stays, and a new partition takes its window.
func (m *maker) attachable(p part, covered []period.Window) bool {
	why := ""
	switch {
	case len(p.Differs) > 0:
		why = "its columns no longer fit: " + strings.Join(p.Differs, "; ")
	case overlapsAny(p.window, covered):
		why = "another partition holds part of its window"
	case p.Kind == "f":
		why = "it is a foreign table"
	case len(p.Lacks) > 0:
		m.find(lackOf(p.Lacks[0], Warning))
		return false
	default:
		return true
	}
	m.find(Finding{Code: "orphan_differs", Severity: Warning, Partition: p.Name, Window: p.window,
		Message: fmt.Sprintf("%s was detached, has not expired and cannot be attached again: %s", p.Name, why),
		Remedy:  "Its rows are safe and no longer seen through " + m.table.Name.String() + "; copy them, or change its columns to fit."})
	return false
}

// attachCheckName is the CHECK that spares ATTACH the scan of an orphan's rows. It goes in the transaction of the ATTACH.
const attachCheckName = "partsmith_attach_check"

// attach plans to attach a partition again: its rows are checked first, while only we hold it, so that ATTACH scans
// nothing while it holds what others need.
func (m *maker) attach(p part, code, reason string) {
	if _, ok := m.besideDefault(piece{window: p.window, name: p.Name}, false); !ok || len(m.table.Lacks) > 0 {
		return
	}
	op := m.operation(Attach, p.Name, p.window)
	op.OID, op.Reason, op.ReasonCode = p.OID, reason, code
	op.Bound = m.axis.bound(p.window, len(m.table.Key))
	op.Rows, op.Bytes = p.Rows, p.Pages*blockSize
	op.Locks = m.attachLocks(p.Name)
	op.Statements = m.attachSQL(op, p)
	m.attachCheck(op, p)
	m.step(Step{Operations: []Operation{op}, Undo: compact(asRole(p.ActAs).held(), dropCheckSQL(p.Name, attachCheckName))})
}

func (m *maker) attachCheck(op Operation, p part) {
	key := m.keySQL()
	add := fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL AND %s >= %s AND %s < %s) NOT VALID", p.Name, attachCheckName,
		catalog.QuoteIdent(m.table.Key[0].Name), key, m.literal(p.window.From), key, m.literal(p.window.To))
	m.step(Step{Prepares: []string{op.ID}, Statements: compact(asRole(p.ActAs).held(), dropCheckSQL(p.Name, attachCheckName), Statement{SQL: add, Holds: true})})
	m.step(Step{Prepares: []string{op.ID}, Patient: true, Statements: compact(asRole(p.ActAs),
		Statement{SQL: "ALTER TABLE " + p.Name.String() + " VALIDATE CONSTRAINT " + attachCheckName})})
}

// finalize plans to finish an interrupted DETACH CONCURRENTLY. marked: what it leaves is ours to keep track of.
func (m *maker) finalize(p part, marked bool, code, reason string) bool {
	lacks := m.ownership()
	if marked {
		lacks = append(lacks, p.Lacks...)
	}
	if !m.mayRetire(p, lacks) {
		return false
	}
	op := m.operation(Finalize, p.Name, p.window)
	op.OID, op.Reason, op.ReasonCode, op.Bound = p.OID, reason, code, p.Bound.Text
	op.Rows, op.Bytes = p.Rows, p.Pages*blockSize
	op.Locks = m.finalizeLocks(p.Name)
	op.Statements = m.finalizeSQL(op, p, marked)
	m.step(m.waiting(p, Step{Operations: []Operation{op}, Retires: code != "pending_wanted"}))
	return true
}

// blockSize is how large a page of a table is: PostgreSQL's default.
const blockSize = 8192
