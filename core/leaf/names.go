package leaf

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// Relations are the names that indexes of a new partition should get: whether they are free must be asked.
func (l *Likeness) Relations(partition catalog.Name) (names []catalog.Name) {
	for _, o := range l.own {
		if name := l.relation(o, partition); name.Table != "" {
			names = append(names, name)
		}
	}
	return names
}

// Name notes whether a name is free. One that is wanted twice is not.
func (l *Likeness) Name(name catalog.Name, free bool) {
	_, twice := l.names[name]
	l.names[name] = free && !twice
}

// relation is what an index is called, or the index of a constraint, where that follows from what the newest partition
// calls its own; empty: PostgreSQL chooses.
func (l *Likeness) relation(o catalog.Own, table catalog.Name) catalog.Name {
	if o.Kind != catalog.OwnIndex && (o.Kind != catalog.OwnConstraint) {
		return catalog.Name{}
	}
	name := renamed(o.Name, l.newest.Name.Table, table.Table)
	if tail, ok := strings.CutPrefix(name, table.Table); name == "" || ok && l.chosen(tail) {
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
		if to = name[:at] + to + name[end:]; len(to) <= ddl.MaxName {
			return to
		}
		return ""
	}
	return ""
}

// chosen reports whether a name that ends so may be one that PostgreSQL chooses for an index of this table: that may be taken by the
// time when ours is made, by an index like one of the parent's.
func (l *Likeness) chosen(tail string) bool {
	tail = strings.TrimRight(tail, "0123456789")
	if tail == "_pkey" {
		return true
	}
	for _, end := range []string{"_idx", "_key", "_excl"} {
		if columns, ok := strings.CutSuffix(tail, end); ok && l.composed(columns) {
			return true
		}
	}
	return false
}

// composed reports whether a text is names of columns, each behind an underscore.
func (l *Likeness) composed(text string) bool {
	if text == "" {
		return true
	}
	for _, c := range append([]catalog.Column{{Name: "expr"}}, l.table.Columns...) {
		if rest, ok := strings.CutPrefix(text, "_"+c.Name); ok && l.composed(strings.TrimLeft(rest, "0123456789")) {
			return true
		}
	}
	return false
}
