package catalog

import (
	"fmt"
	"slices"
)

// differences are why ATTACH would refuse a detached partition, as PostgreSQL 14 to 18 check it: columns must be the same in
// number, name, type and collation (their order is free), NOT NULL and CHECKs of the parent must be there. The expression of a
// CHECK is not compared: only ATTACH itself can read it without waiting for whoever holds the table.
func (f filler) differences(parent *Table, p *Partition) []string {
	if parent.Missing {
		return nil
	}
	differs := f.standsApart(p)
	own := map[string]columnFact{}
	for _, c := range f.detail.columns[p.OID] {
		own[c.Name] = c
	}
	for _, theirs := range f.detail.columns[parent.OID] {
		mine, found := own[theirs.Name]
		delete(own, theirs.Name)
		if !found {
			differs = append(differs, fmt.Sprintf("column %s is missing", QuoteIdent(theirs.Name)))
			continue
		}
		differs = append(differs, f.columnDiffers(mine, theirs)...)
	}
	for _, c := range f.detail.columns[p.OID] {
		if _, extra := own[c.Name]; extra {
			differs = append(differs, fmt.Sprintf("column %s is not in the parent", QuoteIdent(c.Name)))
		}
	}
	return append(differs, f.checksDiffer(parent, p)...)
}

// standsApart tells what kinds of tables can be nobody's partition.
func (f filler) standsApart(p *Partition) []string {
	var differs []string
	m := f.detail.misfits[p.OID]
	if m.Typed {
		differs = append(differs, "it is a table of a composite type")
	}
	if m.Temporary {
		differs = append(differs, "it is a temporary table")
	}
	if m.Child {
		differs = append(differs, "it inherits from another table")
	}
	if m.Parent {
		differs = append(differs, "another table inherits from it")
	}
	return differs
}

// columnDiffers compares a column of a detached partition with that of the parent.
func (f filler) columnDiffers(mine, theirs columnFact) []string {
	var differs []string
	differ := func(format string, args ...any) {
		differs = append(differs, "column "+QuoteIdent(mine.Name)+" "+fmt.Sprintf(format, args...))
	}
	if mine.Own != theirs.Own {
		differ("has type %s, the parent %s", mine.Own, theirs.Own)
	} else if mine.Collation != theirs.Collation || mine.CollationSchema != theirs.CollationSchema {
		differ("has collation %s, the parent %s", collationOf(mine), collationOf(theirs))
	}
	if theirs.NotNull && !mine.NotNull {
		differ("allows NULL, the parent does not")
	}
	if mine.Generated != theirs.Generated {
		differ("is %s, in the parent %s", generation(mine), generation(theirs))
	}
	// until 16 a partition could have an identity of its own
	if mine.Identity != "" && f.tree.server.Version >= 170000 {
		differ("is an identity column, which a partition gets from the parent alone")
	}
	return differs
}

func collationOf(c columnFact) string {
	return Name{Schema: c.CollationSchema, Table: c.Collation}.String()
}

func generation(c columnFact) string {
	switch c.Generated {
	case "s":
		return "generated and stored"
	case "v":
		return "generated and virtual"
	}
	return "not generated"
}

func (f filler) checksDiffer(parent *Table, p *Partition) []string {
	var differs []string
	mine := f.detail.checks[p.OID]
	for _, theirs := range f.detail.checks[parent.OID] {
		if theirs.Alone {
			continue
		}
		name := QuoteIdent(theirs.Name)
		i := slices.IndexFunc(mine, func(c checkFact) bool { return c.Name == theirs.Name })
		switch {
		case i < 0:
			differs = append(differs, "CHECK "+name+" is missing")
		case mine[i].Alone:
			differs = append(differs, "CHECK "+name+" is NO INHERIT")
		case theirs.Valid && !mine[i].Valid:
			differs = append(differs, "CHECK "+name+" is not valid, in the parent it is")
		}
	}
	return differs
}
