package lifecycle

import (
	"cmp"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// marker is what this run writes into the comment of a partition that it detaches. Its instant is never earlier than the
// server's clock: a run for an instant in the past must not shorten how long the partition waits for its drop.
func (m *maker) marker(p part) catalog.Marker {
	rest := p.Comment
	if p.Marker != nil {
		rest = p.Marker.Rest
	}
	at := m.plan.At
	if now := m.table.Server.Now; now.After(at) {
		at = now
	}
	return catalog.Marker{Parent: m.table.Name, DetachedAt: at, OID: p.OID, ParentOID: m.table.OID, Bound: p.Bound.Text, Rest: rest}
}

// leaving are the conditions under which an attached partition may go: it is where it was and holds what it held, and
// nobody has written partsmith:hold, or anything else, into its comment.
func (m *maker) leaving(p part) []ddl.Condition {
	return []ddl.Condition{ddl.AttachedTo(m.table.OID), ddl.Bounded(p.Bound.Text), ddl.Commented(p.Comment), ddl.Unheld(m.table.OID)}
}

// detachSteps detach a partition and mark it.
func (m *maker) detachSteps(op Operation, p part) {
	if op.Concurrent {
		m.concurrentSteps(op, p)
		return
	}
	op.Statements = ddl.Compact(
		ddl.AsRole(m.table.ActAs).Held(),
		m.lockAll(p),
		ddl.Guard(op.Partition, op.OID, m.leaving(p)...),
		ddl.Statement{SQL: ddl.Detach(m.table.Name, op.Partition), Holds: true},
		ddl.Guard(op.Partition, op.OID, ddl.NotAttached()),
		ddl.AsRole(p.ActAs).Held(),
		ddl.Statement{SQL: ddl.Comment(op.Partition, m.marker(p).String()), Holds: true},
	)
	m.step(Step{Retires: true, Operations: []Operation{op}, Climbs: true})
}

// lockAll takes at once what a plain DETACH takes one after the other, so that the limit is one for all of it and nobody waits
// behind the first lock while we wait for the last.
func (m *maker) lockAll(p part) ddl.Statement {
	names := "ONLY " + m.table.Name.String()
	if p.ActAs == m.table.ActAs {
		names += ", " + p.Name.String()
	}
	if d := m.defaultPart(); d != nil && d.ActAs == m.table.ActAs {
		names += ", " + d.Name.String()
	}
	return ddl.Statement{SQL: "LOCK TABLE " + names + " IN ACCESS EXCLUSIVE MODE", Holds: true}
}

// concurrentSteps detach by the statement that lets others go on. It stands outside any transaction, so the marker is written
// in one of its own before, and taken off again should the detach fail.
func (m *maker) concurrentSteps(op Operation, p part) {
	marker := m.marker(p).String()
	m.step(Step{Retires: true, Prepares: []string{op.ID},
		Statements: m.recommentSQL(p, marker, m.leaving(p)...),
		Undo:       m.recommentSQL(p, p.Comment, ddl.AttachedTo(m.table.OID), ddl.Commented(marker))})
	marked := p
	marked.Partition = p.withComment(marker)
	op.Statements = []ddl.Statement{{SQL: ddl.Detach(m.table.Name, op.Partition) + " CONCURRENTLY", Holds: true}}
	m.step(m.waiting(p, Step{Retires: true, Operations: []Operation{op}, Outside: true, Role: m.table.ActAs,
		Statements: []ddl.Statement{ddl.Guard(op.Partition, op.OID, m.leaving(marked)...)}}))
}

// waiting says who queues behind a step that ends a concurrent detach: nobody; only those who use the tables that foreign keys
// of the partition reference; or everybody who uses the tables whose foreign keys point at it.
func (m *maker) waiting(p part, s Step) Step {
	pointed, refers := m.pointedAt(p), m.refersOut(p)
	s.Unqueued, s.Watched, s.Climbs = !pointed && !refers, !pointed && refers, pointed || refers
	return s
}

// pointedAt reports whether foreign keys of other tables point at the partition. The end of a concurrent detach stops readers and
// writers of these, and its beginning their writers, for as long as the check of the keys takes.
func (m *maker) pointedAt(p part) bool {
	return slices.ContainsFunc(m.table.ForeignKeys, func(k catalog.ForeignKey) bool {
		return !k.Out && (k.OnPartition == 0 || k.OnPartition == p.OID)
	})
}

// withComment is the partition with another comment, for a step that comes after one that writes it.
func (p part) withComment(text string) *catalog.Partition {
	q := *p.Partition
	q.Comment = text
	q.Marker, q.Held = catalog.ParseMarker(text)
	return &q
}

// recommentSQL replaces the comment of a table that meets the conditions, under the lock that COMMENT takes.
func (m *maker) recommentSQL(p part, text string, conditions ...ddl.Condition) []ddl.Statement {
	return ddl.Compact(
		ddl.AsRole(p.ActAs).Held(),
		ddl.Lock(p.Name, ddl.ShareUpdateExclusive),
		ddl.Guard(p.Name, p.OID, conditions...),
		ddl.Statement{SQL: ddl.Comment(p.Name, text), Holds: true},
	)
}

// attachSQL attaches a detached partition again; its marker goes in the same transaction.
func (m *maker) attachSQL(op Operation, p part) []ddl.Statement {
	rest, comment := "", p.Comment
	if p.Marker != nil {
		rest = p.Marker.Rest
	}
	if p.State == catalog.Pending { // it has been finalized before, and marked
		comment = m.marker(p).String()
		rest = m.marker(p).Rest
	}
	return ddl.Compact(
		ddl.AsRole(cmp.Or(p.ActAs, m.table.ActAs)).Held(),
		ddl.Lock(op.Partition, ddl.AccessExclusive),
		ddl.Guard(op.Partition, op.OID, ddl.NotAttached(), ddl.Commented(comment)),
		ddl.AsRole(m.table.ActAs).Held(),
		ddl.Statement{SQL: ddl.Attach(m.table.Name, op.Partition, op.Bound), Holds: true},
		ddl.Guard(op.Partition, op.OID, ddl.AttachedTo(m.table.OID)),
		ddl.AsRole(cmp.Or(p.ActAs, m.table.ActAs)).Held(),
		ddl.DropCheck(op.Partition, attachCheckName),
		ddl.Statement{SQL: ddl.Comment(op.Partition, rest), Holds: true},
	)
}

// finalizeSQL ends an interrupted concurrent detach. marked: the marker is written afresh in the same transaction.
func (m *maker) finalizeSQL(op Operation, p part, marked bool) []ddl.Statement {
	statements := []ddl.Statement{
		ddl.AsRole(m.table.ActAs).Held(),
		ddl.Guard(op.Partition, op.OID, ddl.PendingFrom(m.table.OID), ddl.Bounded(p.Bound.Text), ddl.Commented(p.Comment)),
		{SQL: ddl.Detach(m.table.Name, op.Partition) + " FINALIZE", Holds: true},
		ddl.Guard(op.Partition, op.OID, ddl.NotAttached(), ddl.Commented(p.Comment)),
	}
	if marked {
		statements = append(statements, ddl.AsRole(p.ActAs).Held(), ddl.Statement{SQL: ddl.Comment(op.Partition, m.marker(p).String()), Holds: true})
	}
	return ddl.Compact(statements...)
}

// unmarkSQL takes a stale marker out of the comment of an attached partition.
func (m *maker) unmarkSQL(p part) []ddl.Statement {
	return m.recommentSQL(p, p.Marker.Rest, ddl.AttachedTo(m.table.OID), ddl.Commented(p.Comment))
}

// dropSQL drops a detached partition. Under ACCESS EXCLUSIVE it is looked at once more: the same table, not attached anywhere, its
// comment to the letter the one that was planned for, so the marker, the instant and the bound in it too, and the parent not held.
func (m *maker) dropSQL(op Operation, p part, comment string) []ddl.Statement {
	return ddl.Compact(ddl.AsRole(p.ActAs).Held(),
		ddl.LockAll(ddl.AccessExclusive, op.Partition).Held(),
		ddl.Guard(op.Partition, op.OID, ddl.NotAttached(), ddl.Commented(comment), ddl.Unheld(m.table.OID)),
		ddl.Statement{SQL: ddl.Drop(op.Partition), Holds: true})
}
