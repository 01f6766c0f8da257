package lifecycle

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// rejoin plans what brings partitions back: pending detaches that hold part of a wanted window, and detached partitions whose
// window has not expired. It gives what they will hold.
func (m *maker) rejoin() (joined []level.Share) {
	for _, p := range m.inState(catalog.Pending) {
		if !m.wantsBack(p) {
			continue
		}
		finished := m.finalize(p, true, "pending_wanted", "its detach was interrupted, and its window is wanted")
		switch {
		case !finished:
			joined = append(joined, p.Share) // until somebody can finish it, nothing else can have its window
		case m.attachable(p, joined):
			joined = append(joined, p.Share)
			m.attach(p, "pending_wanted", "its detach was interrupted, and its window is wanted")
		}
	}
	for _, p := range m.inState(catalog.Detached) {
		if !p.own || !p.Known || p.Expired {
			continue
		}
		if m.attachable(p, joined) {
			joined = append(joined, p.Share)
			m.attach(p, "detached_wanted", "it was detached, and its window has not expired under today's policy")
		}
	}
	return joined
}

// wantsBack reports whether a pending detach is undone: its window is wanted, or our own marker says that it was ours and
// the policy has changed its mind.
func (m *maker) wantsBack(p part) bool {
	return p.Known && !p.Expired && (overlapsAny(p.Share, m.level.Wanted) || m.ownMarker(p.Partition))
}

// attachable reports whether ATTACH will take a detached partition beside those that come back; where not, it stays, and a new
// partition takes its window.
func (m *maker) attachable(p part, joined []level.Share) bool {
	why := ""
	switch {
	case len(p.Differs) > 0:
		why = strings.Join(p.Differs, "; ")
	case m.level.Taken(p.Share) || overlapsAny(p.Share, joined):
		why = "another partition holds part of its window"
	case p.Kind == "f":
		why = "it is a foreign table"
	case len(p.Lacks) > 0:
		m.find(m.lackAt(p, p.Lacks[0], Warning))
		return false
	default:
		return true
	}
	m.find(Finding{Code: "detached_differs", Severity: Warning, Partition: p.Name, Window: p.Window,
		Message: fmt.Sprintf("%s was detached, has not expired and cannot be attached again: %s", p.Name, why),
		Remedy:  "Its rows are safe and no longer seen through " + m.table.Name.String() + "; copy them, or change it to fit."})
	return false
}

// attach plans to attach a partition again. What ATTACH would do while it holds what others need is done before, while only
// we hold the partition.
func (m *maker) attach(p part, code, reason string) {
	_, beside := m.besideDefault(piece{Piece: level.Piece{Share: p.Share}, name: p.Name}, false)
	if !m.fits(p) || !beside || len(m.table.Lacks) > 0 {
		return
	}
	op := m.change(Attach, p, code, reason)
	op.Bound = m.level.Key(p.Share).Bound()
	op.Locks = m.attachLocks(p.Name)
	op.Statements = m.attachSQL(op, p)
	m.attachCheck(op, p)
	m.attachKeys(op, p)
	m.attachIndexes(op, p)
	m.step(Step{Operations: []Operation{op}, Patient: m.attachesAlone(), Undo: p.unprepare()})
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
	back := p.target()
	back.Role = cmp.Or(p.ActAs, m.table.ActAs)
	return m.target().Attach(back, op.Bound, comment, rest, attachCheckName)
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
	op := m.change(Finalize, p, code, reason)
	op.Locks = m.detachLocks(p.Name, true)
	marker := ""
	if marked {
		marker = m.marker(p).String()
	}
	op.Statements = m.target().Finalize(p.target(), p.Bound.Text, p.Comment, marker)
	m.step(m.waiting(p, Step{Operations: []Operation{op}, Retires: code != "pending_wanted"}))
	return true
}
