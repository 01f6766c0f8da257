package catalog

import "strings"

// Own is something that a partition has and its parent lacks, so that a table made like the parent does not get it.
type Own struct {
	Kind       OwnKind
	Name       string // of the index, constraint, trigger, ..., or of the column that it is about
	Head       string // what stands in CREATE ... before the kind, with a space behind it: UNIQUE, CONSTRAINT
	Def        string // see OwnKind; On gives it for a table; empty: it cannot be said in words that hold for another table
	State      string // of a trigger: O on, D off, R on a replica alone, A always
	Space      string // tablespace of an index, empty: the default
	Keyed      bool   // a CHECK that has a column of the partition key in it
	Partitions int    // how many partitions have the like, this one included
}

// OwnKind is what kind of thing a partition has of its own.
type OwnKind string

// The kinds, and what Def is. A name in it is whole where it is not one of pg_catalog.
const (
	OwnIndex       OwnKind = "index"          // USING btree (...) ...
	OwnConstraint  OwnKind = "constraint"     // PRIMARY KEY, UNIQUE or EXCLUDE with all behind it
	OwnCheck       OwnKind = "check"          // CHECK (...)
	OwnTrigger     OwnKind = "trigger"        // BEFORE INSERT ON ... FOR EACH ROW ...
	OwnStatistics  OwnKind = "statistics"     // (kinds) ON columns
	OwnPolicy      OwnKind = "policy"         // FOR ALL TO PUBLIC USING (...)
	OwnTarget      OwnKind = "target"         // a column's statistics target
	OwnOptions     OwnKind = "options"        // a column's n_distinct=...
	OwnStorage     OwnKind = "storage"        // a column's EXTERNAL, ...
	OwnCompression OwnKind = "compression"    // a column's pglz or lz4
	OwnNotNull     OwnKind = "not null"       // nothing
	OwnComment     OwnKind = "column comment" // the text
	OwnToast       OwnKind = "toast"          // a storage parameter of the TOAST table: autovacuum_enabled=off
	OwnRule        OwnKind = "rule"           // nothing: it speaks of one table alone
	OwnForeignKey  OwnKind = "foreign key"    // FOREIGN KEY (...) REFERENCES ...
)

// What stands in a definition for the table, whole or bare.
const (
	wholeTable = "\x02"
	bareTable  = "\x01"
)

// On is the definition for a table. It is empty where it cannot be given for a table of that name.
func (o Own) On(table Name) string {
	if strings.Contains(o.Def, bareTable) && QuoteIdent(table.Table) != table.Table {
		return "" // where it stands, in a name or in a text, is not known
	}
	return strings.NewReplacer(wholeTable, table.String(), bareTable, table.Table).Replace(o.Def)
}
