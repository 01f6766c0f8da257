package lifecycle

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// marker is what this run writes into the comment of a partition that it detaches.
func (m *maker) marker(p part) catalog.Marker {
	rest := p.Comment
	if p.Marker != nil {
		rest = p.Marker.Rest
	}
	return catalog.Marker{Parent: m.table.Name, DetachedAt: m.plan.At, OID: p.OID, ParentOID: m.table.OID, Bound: p.Bound.Text, Rest: rest}
}

// attachSQL attaches an orphan again; its marker goes in the same transaction.
func (m *maker) attachSQL(op Operation, p part) []Statement {
	rest := ""
	if p.Marker != nil {
		rest = p.Marker.Rest
	}
	return compact(
		asRole(m.table.ActAs).held(),
		Statement{SQL: AttachSQL(m.table.Name, op.Partition, op.Bound), Holds: true},
		guard(op.Partition, op.OID, attachedTo(m.table.OID)),
		asRole(or(p.ActAs, m.table.ActAs)).held(),
		dropCheckSQL(op.Partition, attachCheckName),
		Statement{SQL: commentSQL(op.Partition, rest), Holds: true},
	)
}

// detachSteps detach a partition and mark it. CONCURRENTLY runs outside any transaction, so the marker is written before;
// the plain form is one transaction, in which the parent is locked first.
func (m *maker) detachSteps(op Operation, p part) {
	mark := Statement{SQL: commentSQL(op.Partition, m.marker(p).String()), Holds: true}
	detach := Statement{SQL: DetachSQL(m.table.Name, op.Partition), Holds: true}
	if op.Concurrent {
		m.step(Step{Retires: true, Prepares: []string{op.ID},
			Statements: compact(asRole(p.ActAs).held(), mark, guard(op.Partition, op.OID, attachedTo(m.table.OID)))})
		detach.SQL += " CONCURRENTLY"
		op.Statements = []Statement{detach}
		m.step(Step{Retires: true, Operations: []Operation{op}, Outside: true, Role: m.table.ActAs})
		return
	}
	op.Statements = compact(asRole(m.table.ActAs).held(), detach, guard(op.Partition, op.OID, notAttached), asRole(p.ActAs).held(), mark)
	m.step(Step{Retires: true, Operations: []Operation{op}})
}

// finalizeSQL ends an interrupted concurrent detach. marked: the marker is written afresh in the same transaction.
func (m *maker) finalizeSQL(op Operation, p part, marked bool) []Statement {
	statements := []Statement{
		asRole(m.table.ActAs).held(),
		{SQL: fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", m.table.Name, op.Partition), Holds: true},
		guard(op.Partition, op.OID, notAttached),
	}
	if marked {
		statements = append(statements, asRole(p.ActAs).held(), Statement{SQL: commentSQL(op.Partition, m.marker(p).String()), Holds: true})
	}
	return compact(statements...)
}

// unmarkSQL takes a stale marker out of the comment of an attached partition.
func (m *maker) unmarkSQL(op Operation, p part) []Statement {
	return compact(asRole(p.ActAs).held(),
		Statement{SQL: commentSQL(op.Partition, p.Marker.Rest), Holds: true},
		guard(op.Partition, op.OID, "c.relispartition"))
}

// dropSQL drops an orphan. Under ACCESS EXCLUSIVE it is looked at once more: the same table, not attached anywhere, and
// its comment to the letter the one that was planned for, so the marker, the instant and the bound in it too.
func (m *maker) dropSQL(op Operation, p part, comment string) []Statement {
	return compact(asRole(p.ActAs).held(),
		Statement{SQL: "LOCK TABLE " + op.Partition.String() + " IN ACCESS EXCLUSIVE MODE", Holds: true},
		guard(op.Partition, op.OID, notAttached, commented(comment)),
		Statement{SQL: DropSQL(op.Partition), Holds: true})
}

// insertable are the columns that may be inserted into, as a list.
func (m *maker) insertable() string {
	var names []string
	for _, c := range m.table.Columns {
		if !c.Generated {
			names = append(names, catalog.QuoteIdent(c.Name))
		}
	}
	return strings.Join(names, ", ")
}
