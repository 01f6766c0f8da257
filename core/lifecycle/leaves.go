package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// A partition that is divided further goes with all its leaves. What that costs was measured on PostgreSQL 14 and 18 with
// 100, 1,000 and 4,000 leaves:
//
//   - a detach takes 0.01 to 0.04 ms for each leaf, and one lock. With a foreign key that points at the table it takes 0.2 to
//     0.35 ms with few leaves and 0.6 to 2.4 ms with 4,000, since every leaf has constraints and triggers of its own that
//     must be found; and 6 locks;
//   - a drop takes 0.3 to 5 ms for each leaf, and 7 to 9 locks.
//
// A server as it comes has room for about 6,400 locks of all sessions.

// detachTime is how long a detach is expected to hold what others need.
func detachTime(leaves, keys int) time.Duration {
	n := time.Duration(leaves)
	return n*40*time.Microsecond + time.Duration(keys)*(n*300*time.Microsecond+n*n*400*time.Nanosecond)
}

// detachTooLong reports a partition whose detach would be cut off every time. Its leaves are not detached one by one instead:
// every one of them would lock the table, and those that reference it, for itself, which takes minutes for 4,000 where
// the whole takes a few seconds; between two of them readers would see half a window; and the table that they were detached
// from goes too, so that nothing could ever attach them again.
func (m *maker) detachTooLong(p part) bool {
	leaves := len(leavesOf(p.Partition, nil))
	if !m.pointedAt(p) && !m.refersOut(p) && m.defaultPart() == nil {
		return false // nobody waits for it
	}
	keys := len(m.pointing(p))
	took := detachTime(leaves, keys)
	if took <= (Limits{}).Longest(true) {
		return false // its last tries get that much
	}
	locks := leaves
	if keys > 0 {
		locks = 6 * leaves
	}
	m.find(Finding{Code: "detach_too_long", Severity: Error, Partition: p.Name, Window: p.Window,
		Message: fmt.Sprintf("%s has expired and is not detached: with the %d partitions below it that would hold %s for about %s, and take about %d locks",
			p.Name, leaves, m.heldBy(), took.Round(100*time.Millisecond), locks),
		Remedy: "Detach it by this transaction at a quiet time: it is marked, and the next run goes on from there. max_locks_per_transaction times max_connections must exceed the number of locks.",
		SQL:    ddl.Script(ddl.Statement{SQL: ddl.Detach(m.table.Name, p.Name)}, ddl.Statement{SQL: ddl.Comment(p.Name, m.marker(p).String())})})
	return true
}

// heldBy names those that a detach keeps waiting.
func (m *maker) heldBy() string {
	var names []string
	if m.defaultPart() != nil {
		names = append(names, m.table.Name.String())
	}
	for _, k := range m.table.ForeignKeys {
		if name := k.Other.String(); !k.Self && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// leafBatch is how many leaves are dropped in one transaction: some hundred locks. keyedBatch is for leaves with foreign keys,
// whose drop locks what they reference: some 10 ms.
const (
	leafBatch  = 100
	keyedBatch = 20
)

// lowest is an ordinary table somewhere below a partition.
type lowest struct {
	*catalog.Partition
	parent uint32
	above  []ddl.Statement // which make sure that its parent still belongs there
}

// leavesOf are the ordinary tables below a partition.
func leavesOf(p *catalog.Partition, above []ddl.Statement) (leaves []lowest) {
	if p.Inner == nil {
		return nil
	}
	for i := range p.Inner.Partitions {
		switch q := &p.Inner.Partitions[i]; {
		case q.State != catalog.Attached:
		case q.Inner != nil:
			leaves = append(leaves, leavesOf(q, append(slices.Clip(above), ddl.Lock(q.Name, ddl.AccessExclusive), ddl.Guard(q.Name, q.OID, ddl.AttachedTo(p.OID))))...)
		case q.Kind == "r":
			leaves = append(leaves, lowest{q, p.OID, above})
		}
	}
	return leaves
}

// dropLeaves plans to drop the leaves of a detached partition in several transactions, where it has more than one should
// lock. Ended between two of them, it leaves a detached partition with fewer leaves, and the next run goes on.
func (m *maker) dropLeaves(op Operation, p part, comment string) {
	batch := leafBatch
	if m.refersOut(p) {
		batch = keyedBatch
	}
	leaves := leavesOf(p.Partition, nil)
	strange := func(l lowest) bool { return l.ActAs != p.ActAs || len(l.Lacks) > 0 }
	if len(leaves) <= batch || slices.ContainsFunc(leaves, strange) {
		return
	}
	for part := range slices.Chunk(leaves, batch) {
		m.step(Step{Prepares: []string{op.ID}, Retires: true, Patient: !m.refersOut(p), Statements: m.dropLeavesSQL(p, comment, part)})
	}
}

// dropLeavesSQL drops some leaves. Under ACCESS EXCLUSIVE all is looked at once more: the partition as when it is dropped
// itself, and every leaf, that it is still one of its.
func (m *maker) dropLeavesSQL(p part, comment string, leaves []lowest) []ddl.Statement {
	statements := ddl.Compact(ddl.AsRole(p.ActAs).Held(), ddl.Lock(p.Name, ddl.AccessExclusive),
		ddl.Guard(p.Name, p.OID, ddl.NotAttached(), ddl.Commented(comment), ddl.Unheld(m.table.OID)))
	parent := p.OID
	for _, l := range leaves {
		if l.parent != parent {
			statements = append(statements, l.above...)
			parent = l.parent
		}
		statements = append(statements, ddl.Lock(l.Name, ddl.AccessExclusive), ddl.Guard(l.Name, l.OID, ddl.AttachedTo(l.parent)), ddl.Statement{SQL: ddl.Drop(l.Name), Holds: true})
	}
	return statements
}
