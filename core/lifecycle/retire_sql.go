package lifecycle

import (
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

// leaving are the preconditions under which an attached partition may go: it is where it was and holds what it held, and
// nobody has written partsmith:hold, or anything else, into its comment.
func (m *maker) leaving(p part) []ddl.Precondition {
	return []ddl.Precondition{ddl.AttachedTo(m.table.OID), ddl.Bounded(p.Bound.Text), ddl.Commented(p.Comment), ddl.Unheld(m.table.OID)}
}

// target is the table itself, for statements.
func (m *maker) target() ddl.Target {
	return ddl.Target{Name: m.table.Name, OID: m.table.OID, Role: m.table.ActAs}
}

// target is the partition, for statements.
func (p part) target() ddl.Target { return ddl.Target{Name: p.Name, OID: p.OID, Role: p.ActAs} }

// detachSteps detach a partition and mark it.
func (m *maker) detachSteps(op Operation, p part) {
	if op.Concurrent {
		m.concurrentSteps(op, p)
		return
	}
	var beside []ddl.Target
	if d := m.defaultPart(); d != nil {
		beside = append(beside, d.target())
	}
	op.Statements = m.target().Detach(p.target(), m.marker(p).String(), beside, m.leaving(p)...)
	m.step(Step{Retires: true, Operations: []Operation{op}, Climbs: true})
}

// concurrentSteps detach by the statement that lets others go on. It stands outside any transaction, so the marker is written
// in one of its own before, and taken off again should the detach fail.
func (m *maker) concurrentSteps(op Operation, p part) {
	marker := m.marker(p).String()
	m.step(Step{Retires: true, Prepares: []string{op.ID},
		Statements: p.target().Recomment(marker, m.leaving(p)...),
		Undo:       p.target().Recomment(p.Comment, ddl.AttachedTo(m.table.OID), ddl.Commented(marker))})
	marked := p
	marked.Partition = p.withComment(marker)
	asked, detach := m.target().DetachConcurrently(p.target(), m.leaving(marked)...)
	op.Statements = []ddl.Statement{detach}
	m.step(m.waiting(p, Step{Retires: true, Operations: []Operation{op}, Outside: true, Role: m.table.ActAs, Statements: []ddl.Statement{asked}}))
}

// waiting says who queues behind a step that ends a concurrent detach: nobody; only those who use the tables that foreign keys
// of the partition reference; or everybody who uses the tables whose foreign keys point at it.
func (m *maker) waiting(p part, s Step) Step {
	pointed, refers := m.pointedAt(p), m.refersOut(p)
	s.Unqueued, s.Watched, s.Climbs = !pointed && !refers, !pointed && refers, pointed || refers
	return s
}

// withComment is the partition with another comment, for a step that comes after one that writes it.
func (p part) withComment(text string) *catalog.Partition {
	q := *p.Partition
	q.Comment = text
	q.Marker, q.Held = catalog.ParseMarker(text)
	return &q
}
