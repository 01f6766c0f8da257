package catalog

import (
	"slices"
	"strings"
)

// Lost is a table that may be a detached partition whose comment no longer begins with a marker: its owner is trusted, and
// it has the columns of the table and a CHECK like one (beside a DEFAULT partition also a name), or the third line of a marker somewhere in its comment.
type Lost struct {
	OID     uint32
	Name    Name
	Comment string
	Held    bool    // a line `partsmith:hold` in the comment
	Marker  *Marker // where the comment has a third line about this very table and parent: what it says, DetachedAt zero, the text around it in Rest
	Checks  []Check // with names as DETACH CONCURRENTLY gives them, and valid
}

// lost are the tables that may have been partitions of t.
func (f filler) lost(t *Table) []Lost {
	if t.Missing {
		return nil
	}
	var found []Lost
	for _, fact := range f.tree.lost[t.OID] {
		n := f.tree.nodes[fact.Relation]
		if n != nil && n.marker != nil || n == nil && f.tree.roots[fact.Relation] || !f.trusts(t, fact.Owner) {
			continue
		}
		l := fact.lost(t)
		if !slices.ContainsFunc(found, func(other Lost) bool { return other.OID == l.OID }) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(a, b Lost) int { return a.Name.compare(b.Name) })
	return found
}

// learnLost files what may be lost under the table whose columns it has, or which the third line of a marker names.
func (g *ground) learnLost(f lostFact) {
	of := f.Parent
	if m := findThird(f.Comment); of == 0 && m != nil && m.OID == f.Relation {
		of = m.ParentOID
	}
	g.lost[of] = append(g.lost[of], f)
}

func (fact lostFact) lost(t *Table) Lost {
	l := Lost{OID: fact.Relation, Name: Name{fact.Schema, fact.Name}, Comment: fact.Comment, Held: isHeld(fact.Comment)}
	for _, name := range fact.Checks {
		l.Checks = append(l.Checks, Check{Name: name, Valid: true})
	}
	if m := findThird(fact.Comment); m != nil && m.OID == l.OID && m.ParentOID == t.OID {
		m.Parent = t.Name
		l.Marker = m
	}
	return l
}

// trusts reports whether a role is the owner of the table, or one that the owner was made a member of.
func (f filler) trusts(t *Table, role int64) bool {
	n := f.tree.nodes[t.OID]
	return n != nil && !t.Missing && (n.Owner == role || f.detail.trusts[trustFact{Member: n.Owner, Role: role}])
}

// findThird looks for the third line of a marker anywhere in a comment. What is left of the other lines of the marker is
// taken out of Rest.
func findThird(comment string) *Marker {
	for at := strings.Index(comment, oidLine); at >= 0; {
		line, below, _ := cutLine(comment[at:], oidLine)
		if m := (Marker{}); m.readThird(line) {
			m.Rest = strings.TrimSpace(withoutLines(comment[:at]) + below)
			return &m
		}
		next := strings.Index(comment[at+1:], oidLine)
		if next < 0 {
			return nil
		}
		at += 1 + next
	}
	return nil
}

// withoutLines cuts the first two lines of a marker out of a text, wherever they begin.
func withoutLines(text string) string {
	for _, prefix := range []string{parentLine, detachedLine} {
		if at := strings.Index(text, prefix); at >= 0 {
			_, below, _ := cutLine(text[at:], prefix)
			text = text[:at] + below
		}
	}
	return text
}
