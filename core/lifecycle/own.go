package lifecycle

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// likeness is what new partitions are like. Most plans make nothing, and need none.
func (m *maker) likeness() *leaf.Likeness {
	if m.like == nil {
		var leaves []*catalog.Partition
		for i := range m.parts {
			if p := m.parts[i].Partition; p.Leaf() {
				leaves = append(leaves, p)
			}
		}
		m.like = leaf.Of(&m.table, m.policy.Leaf, m.policy.Grants, m.newest(), leaves)
	}
	return m.like
}

// newest is the attached ordinary partition whose window begins last.
func (m *maker) newest() *catalog.Partition {
	for i := len(m.parts) - 1; i >= 0; i-- {
		if p := &m.parts[i]; p.Covers() && p.Kind == "r" {
			return p.Partition
		}
	}
	return nil
}

// alike finds out what else new partitions are to be like, and gives the pieces that can be made by now.
func (m *maker) alike(pieces []piece) []piece {
	ask, needed := m.likeness().Own()
	switch {
	case m.table.Unlike != "":
		return m.withoutLikeness(pieces, "leaf_differs", "could not be made, "+m.table.Unlike)
	case len(pieces) == 0 || !needed:
		return pieces
	}
	answer, asked := m.ask(ask)
	switch {
	case !asked:
		return nil
	case !answer.Known:
		return m.withoutLikeness(pieces, "unanswered", "could not be told, "+answer.Cause)
	}
	some, stuck := m.likeness().Take(int(answer.Count))
	m.tellSome(m.newest().Name, some)
	m.tellStuck(stuck)
	if !m.namesKnown(pieces) {
		return nil
	}
	return pieces
}

// namesKnown asks which names of new indexes are free.
func (m *maker) namesKnown(pieces []piece) bool {
	known := true
	for _, p := range pieces {
		for _, name := range m.likeness().Relations(p.name) {
			if m.names[name] {
				continue
			}
			answer, asked := m.ask(catalog.Ask{Kind: catalog.AskTaken, Name: name})
			known = known && asked
			m.likeness().Name(name, asked && answer.Known && !answer.Yes)
		}
	}
	return known
}

func (m *maker) tellSome(newest catalog.Name, some []string) {
	if len(some) == 0 {
		return
	}
	m.find(Finding{Code: "leaf_differs", Severity: Info, Partition: newest,
		Message: fmt.Sprintf("%s, the newest partition of %s, has what others lack, and new ones do not get it: %s", newest, m.table.Name, strings.Join(some, ", ")),
		Remedy:  "What all partitions have is made on new ones. Make it on the others too, or on the table itself; `leaf: like_parent` says that it is meant."})
}

func (m *maker) tellStuck(stuck []string) {
	if len(stuck) == 0 {
		return
	}
	m.find(Finding{Code: "leaf_differs", Severity: Warning,
		Message: fmt.Sprintf("all partitions of %s have what it lacks itself, and new ones do not get it: %s", m.table.Name, strings.Join(stuck, ", ")),
		Remedy:  "Make it on the table itself, or on new partitions by hand; `leaf: like_parent` says that it is meant."})
}

// withoutLikeness keeps what cannot wait, and says so. All else waits: one partition that lacks what all others have would
// end the likeness for good.
func (m *maker) withoutLikeness(pieces []piece, code, why string) (urgent []piece) {
	var later []piece
	for _, p := range pieces {
		if p.Urgent {
			urgent = append(urgent, p)
		} else {
			later = append(later, p)
		}
	}
	if len(urgent) > 0 {
		m.find(Finding{Code: "leaf_differs", Severity: Warning,
			Message: fmt.Sprintf("new partitions of %s that cannot wait get what the table has alone: what all partitions have %s", m.table.Name, why),
			Remedy:  "Compare them with those before, and make by hand what they lack."})
	}
	if len(later) > 0 {
		m.find(Finding{Code: code, Severity: Error, Window: period.Window{From: later[0].Window.From, To: later[len(later)-1].Window.To},
			Message: fmt.Sprintf("later partitions of %s are not made: what all partitions have %s", m.table.Name, why),
			Remedy:  "The next run tries again. `leaf: like_parent`, or the word for that one thing, does without."})
	}
	return urgent
}
