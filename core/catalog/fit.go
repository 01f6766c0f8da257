package catalog

// Fit is what ATTACH would make on a detached partition, under the locks that it holds by then, because the parent has it
// and the partition lacks it. The zero Fit: nothing, as far as has been asked.
type Fit struct {
	Indexes []MissingIndex
	Keys    []MissingKey
}

// MissingIndex is an index of the parent for which a detached partition has none.
type MissingIndex struct {
	Unique     bool
	Def        string // what follows CREATE INDEX ... ON the table: USING btree (...); its names are whole under search_path = pg_catalog
	Space      string // tablespace, empty: the default
	Name       string // what to call it, free when it was asked; empty: PostgreSQL may choose
	Built      bool   // an index called Name is there, and only its constraint lacks
	Constraint string // what ADD CONSTRAINT makes of it afterwards: PRIMARY KEY or UNIQUE; empty: it backs none
	Deferral   string // of that constraint: empty, or DEFERRABLE ... behind a space
	Whole      string // the definition of the constraint, to add at once where an index cannot be made one: UNIQUE (...)
}

// MissingKey is a foreign key of the parent for which a detached partition has none that is valid.
type MissingKey struct {
	Name  string // what to call it, free when it was asked; with Added: what it is called
	Def   string // FOREIGN KEY (...) REFERENCES ..., its names are whole
	Added bool   // it is there, and only to be validated
}
