package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// drop plans to drop the detached partitions whose waiting time is over, oldest first, and reports the others.
func (m *maker) drop(detached []part) {
	var due []part
	for _, p := range m.expiredDetached() {
		if m.droppable(p) {
			due = append(due, p)
		}
	}
	slices.SortStableFunc(due, func(x, y part) int { return x.Compare(y.Share) })
	brake := m.level.Brake
	for i, p := range due {
		if i == brake {
			m.find(Finding{Code: "retire_limited", Severity: Warning,
				Message: fmt.Sprintf("%d detached partitions are due to be dropped, and one run drops %d; the next run goes on", len(due), brake)})
			break
		}
		m.dropStep(p, p.Comment, m.dropAt(p.Marker.DetachedAt))
	}
	m.dropSameRun(detached)
}

// expiredDetached are the expired detached partitions of this very parent; the others are reported.
func (m *maker) expiredDetached() []part {
	var found []part
	for _, p := range m.inState(catalog.Detached) {
		switch {
		case !p.Trusted:
			m.foreignOwner(p)
		case !p.own:
			m.foreignMarker(p)
		case !p.Known:
			m.find(Finding{Code: "foreign_marker", Severity: Warning, Partition: p.Name,
				Message: fmt.Sprintf("%s carries our marker, but neither it nor its name tells which window it held; it is left alone", p.Name),
				Remedy:  "Drop it by hand when it is no longer needed."})
		case p.Expired:
			found = append(found, p)
		}
	}
	return found
}

// droppable reports whether an expired detached partition's time is over and nothing stands in the way.
func (m *maker) droppable(p part) bool {
	if !m.policy.DropAfter.Set {
		return false
	}
	at := m.dropAt(p.Marker.DetachedAt)
	switch {
	case m.plan.At.Before(at):
	case m.table.Held:
		m.kept++
	case p.Held:
		m.find(Finding{Code: "held", Severity: Info, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("%s could be dropped since %s and is kept: a line partsmith:hold in its comment says so", p.Name, stamp(at))})
	case !m.mayRetire(p, p.Lacks):
	case len(p.ReferencedBy) > 0:
		m.find(Finding{Code: "referenced", Severity: Error, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("%s could be dropped since %s, but other objects depend on it: %s", p.Name, stamp(at), strings.Join(p.ReferencedBy, ", ")),
			Remedy:  "Drop these first; nothing is ever cascaded."})
	default:
		return true
	}
	return false
}

// dropSameRun plans the drops of what this very run detaches, where the policy lets nothing wait.
func (m *maker) dropSameRun(detached []part) {
	if !m.policy.DropAfter.Set || !m.policy.DropAfter.IsZero() {
		return
	}
	for _, p := range detached {
		if !p.Trusted {
			continue // told when it was detached
		}
		m.dropStep(p, m.marker(p).String(), m.plan.At)
	}
}

// dropStep plans one drop. comment is what the detached partition's comment must be, to the letter, when it is dropped.
func (m *maker) dropStep(p part, comment string, at time.Time) {
	op := m.change(Drop, p, "waited", fmt.Sprintf("drop_after %s: it could be dropped since %s", m.policy.DropAfter, stamp(at)))
	op.Destroys, op.DropAt = true, at
	op.Bound = boundOf(p.Partition)
	op.Locks = m.dropLocks(p)
	// The comment to the letter: so the marker, the instant and the bound in it too.
	op.Statements = p.target().DropDetached(ddl.Commented(comment), ddl.Unheld(m.table.OID))
	m.dropLeaves(op, p, comment)
	m.step(Step{Operations: []Operation{op}, Retires: true, Patient: !m.refersOut(p)}) // keys of its own outlive the detach, and DROP locks what they reference
}

// stamp writes an instant for people.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
