package lifecycle

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// namesKnown asks which names of new indexes are free, where they follow from those that the newest partition has.
func (m *maker) namesKnown(pieces []piece) bool {
	known := true
	m.shared.names = map[catalog.Name]bool{}
	for _, p := range pieces {
		for _, o := range m.shared.own {
			name := m.relationName(o, p.name)
			if name.Table == "" || m.names[name] {
				continue
			}
			answer, asked := m.ask(catalog.Ask{Kind: catalog.AskTaken, Name: name})
			_, twice := m.shared.names[name]
			known = known && asked
			m.shared.names[name] = asked && answer.Known && !answer.Yes && !twice
		}
	}
	return known
}

// relationName is what an index is called, or the index of a constraint, where that follows from what the newest partition
// calls its own; empty: PostgreSQL chooses.
func (m *maker) relationName(o catalog.Own, table catalog.Name) catalog.Name {
	if o.Kind != catalog.OwnIndex && (o.Kind != catalog.OwnConstraint) {
		return catalog.Name{}
	}
	name := renamed(o.Name, m.shared.newest.Table, table.Table)
	if tail, ok := strings.CutPrefix(name, table.Table); name == "" || ok && m.chosen(tail) {
		return catalog.Name{}
	}
	return catalog.Name{Schema: table.Schema, Table: name}
}

// renamed is a name with that of another table in it; empty where the table's name is not in it, or where it gets too long.
func renamed(name, from, to string) string {
	for at := 0; at+len(from) <= len(name); at++ {
		end := at + len(from)
		if name[at:end] != from || at > 0 && name[at-1] != '_' || end < len(name) && name[end] != '_' {
			continue
		}
		if to = name[:at] + to + name[end:]; len(to) <= level.MaxName {
			return to
		}
		return ""
	}
	return ""
}

// chosen reports whether a name that ends so may be one that PostgreSQL chooses for an index of this table: that may be taken by the
// time when ours is made, by an index like one of the parent's.
func (m *maker) chosen(tail string) bool {
	tail = strings.TrimRight(tail, "0123456789")
	if tail == "_pkey" {
		return true
	}
	for _, end := range []string{"_idx", "_key", "_excl"} {
		if columns, ok := strings.CutSuffix(tail, end); ok && m.composed(columns) {
			return true
		}
	}
	return false
}

// composed reports whether a text is names of columns, each behind an underscore.
func (m *maker) composed(text string) bool {
	if text == "" {
		return true
	}
	for _, c := range append([]catalog.Column{{Name: "expr"}}, m.table.Columns...) {
		if rest, ok := strings.CutPrefix(text, "_"+c.Name); ok && m.composed(strings.TrimLeft(rest, "0123456789")) {
			return true
		}
	}
	return false
}
