package lifecycle

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// likeness is what new partitions get because all existing ones have it.
type likeness struct {
	own      []catalog.Own         // of the newest, and all have the like
	names    map[catalog.Name]bool // which of the names that follow from those of the newest are free
	newest   catalog.Name          // whose they are
	secured  catalog.RowSecurity   // the parent's where they do not agree
	space    string                // tablespace
	method   string                // access method
	identity string                // replica identity, FULL or NOTHING
	comment  string
	unlogged bool
}

// alike finds out what new partitions are to be like, and gives the pieces that can be made by now.
func (m *maker) alike(pieces []piece) []piece {
	m.shared = m.likeness()
	newest := m.newest()
	switch {
	case m.table.Unlike != "":
		return m.withoutLikeness(pieces, "leaf_differs", "could not be made, "+m.table.Unlike)
	case len(pieces) == 0 || newest == nil || !newest.Trusted || !m.policy.Leaf.asks():
		return pieces
	}
	answer, asked := m.ask(catalog.Ask{Kind: catalog.AskOwn, Relation: newest.OID})
	switch {
	case !asked:
		return nil
	case !answer.Known:
		return m.withoutLikeness(pieces, "unanswered", "could not be told, "+answer.Cause)
	}
	m.shared.newest = newest.Name
	m.shareOwn(newest, int(answer.Count))
	if !m.namesKnown(pieces) {
		return nil
	}
	return pieces
}

// likeness is what the snapshot tells of it.
func (m *maker) likeness() likeness {
	l := likeness{secured: catalog.RowSecurity{On: m.table.RowSecurity, Forced: m.table.ForceRowSecurity}}
	if newest := m.newest(); m.table.Unlike != "" || newest == nil || !newest.Trusted { // whoever owns it has his own on it
		return l
	}
	leaves := m.leaves()
	if secured, ok := shared(leaves, func(p *part) catalog.RowSecurity { return p.RowSecurity }); ok && m.policy.Leaf.likes(m.policy.Leaf.RowSecurity) {
		l.secured = secured
	}
	if m.policy.Leaf.likes(m.policy.Leaf.Comments) && len(leaves) > 1 { // what only one says is about that one
		l.comment, _ = shared(leaves, func(p *part) string { return plainComment(p.Comment) })
	}
	if m.policy.Leaf.likes("") {
		l.space, _ = shared(leaves, func(p *part) string { return p.Tablespace })
		l.unlogged, _ = shared(leaves, func(p *part) bool { return p.Unlogged })
		if method, _ := shared(leaves, func(p *part) string { return p.AccessMethod }); method != "heap" {
			l.method = method
		}
		if identity, _ := shared(leaves, func(p *part) string { return p.Identity }); m.table.ReplicaIdentity == "d" && (identity == "f" || identity == "n") {
			l.identity = identity
		}
	}
	return l
}

// leaves are the partitions that new ones may be like.
func (m *maker) leaves() (leaves []*part) {
	for i := range m.parts {
		if m.parts[i].Leaf() {
			leaves = append(leaves, &m.parts[i])
		}
	}
	return leaves
}

// shared is what all leaves have in common; the zero value and false where there are none, or where they differ.
func shared[T comparable](leaves []*part, of func(*part) T) (value T, ok bool) {
	for i, p := range leaves {
		switch got := of(p); {
		case i == 0:
			value = got
		case got != value:
			return *new(T), false
		}
	}
	return value, len(leaves) > 0
}

// plainComment is a comment without lines of ours, which are about one partition.
func plainComment(comment string) string {
	if comment == "" {
		return ""
	}
	var lines []string
	for line := range strings.SplitSeq(catalog.Strip(comment), "\n") {
		if own := strings.TrimSpace(line); !strings.HasPrefix(own, "partsmith:") && !strings.HasPrefix(own, "pg-partsmith:") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
