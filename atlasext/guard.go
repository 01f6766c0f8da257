package atlasext

import (
	"errors"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Guard stands in the way of a change that destroys partitions, or that cannot work, unless it is lifted by name.
type Guard string

// The guards. Each is lifted by Runner.Allow for one table, in the command by the flag --allow-<guard>.
const (
	DropPartitioned   Guard = "drop-partitioned"   // a partitioned table goes, with all its partitions
	DropSchema        Guard = "drop-schema"        // a schema goes that holds partitions, attached or detached
	DropRenamed       Guard = "drop-renamed"       // a partitioned table goes and one like it comes: that looks like a rename
	DeclaredPartition Guard = "declared-partition" // a partition, attached or detached, is declared as a table; lifted: the declaration is left out
	Recreate          Guard = "recreate"           // the partition key changes, or its type; lifted: the table is dropped and made anew, empty
	UniqueWithoutKey  Guard = "unique-without-key" // a unique index or primary key lacks the partition key; lifted: it is left out
	Empty             Guard = "empty"              // the desired state has no tables, or more than half of those that there are would be dropped
)

// Guards are all guards, in the order in which they are looked at.
func Guards() []Guard {
	return []Guard{DeclaredPartition, Recreate, UniqueWithoutKey, DropRenamed, DropPartitioned, DropSchema, Empty}
}

// Flag is what lifts the guard on the command line, with the name of what it is lifted for behind it, but for Empty.
func (g Guard) Flag() string { return "--allow-" + string(g) }

// Allowed lifts a guard for one table.
type Allowed struct {
	Guard Guard
	Table catalog.Name // with its schema; of DropSchema without Table: a schema; of Empty nothing
}

// About is a sentence for a flag's help.
func (g Guard) About() string {
	switch g {
	case DropPartitioned:
		return "drop this partitioned `TABLE`, which is not declared any more, with all its partitions; may be repeated"
	case DropSchema:
		return "drop this `SCHEMA`, which is not declared any more, though it holds partitions or what is otherwise left alone; may be repeated"
	case DropRenamed:
		return "drop this partitioned `TABLE` though one of the same columns is created, which looks like a rename; may be repeated"
	case DeclaredPartition:
		return "ignore the declaration of this `TABLE`, which is a partition of another; may be repeated"
	case Recreate:
		return "drop this partitioned `TABLE`, whose partition key changes, and make it anew without rows; may be repeated"
	case UniqueWithoutKey:
		return "leave out unique indexes and primary keys of this `TABLE` that lack the partition key; may be repeated"
	case Empty:
		return "drop all tables, or more than half of them"
	}
	return ""
}

// GuardError is one change that a guard stands in the way of.
type GuardError struct {
	Guard   Guard
	Table   catalog.Name // without Table: a whole schema
	Message string       // a clause
	Skipped bool         // the diff policy leaves out what the guard would let through, so lifting it does not help
}

// Error says what would happen, and the flag that lets it happen.
func (e *GuardError) Error() string {
	if e.Skipped {
		return e.Message + " (the diff policy says so)"
	}
	return e.Message + " (" + e.Flag() + " does it all the same)"
}

// Flag is what lets the change pass on the command line.
func (e *GuardError) Flag() string {
	switch e.Guard {
	case Empty:
		return e.Guard.Flag()
	case DropSchema:
		return e.Guard.Flag() + " " + catalog.QuoteIdent(e.Table.Schema)
	}
	return e.Guard.Flag() + " " + e.Table.String()
}

// Allowed is what lets the change pass.
func (e *GuardError) Allowed() Allowed { return Allowed{e.Guard, e.Table} }

// RefusedError says that guards stand in the way. The schema was not changed; partitions that were due on existing tables were made all the
// same, since inserts fail without them.
type RefusedError struct {
	Guards   []*GuardError
	Creation error // what stood in the way of that
}

func (e *RefusedError) Error() string {
	lines := []string{"change schema: refused, it was not changed"}
	for _, g := range e.Guards {
		lines = append(lines, g.Error())
	}
	if e.Creation != nil {
		lines = append(lines, e.Creation.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single refusals.
func (e *RefusedError) Unwrap() []error {
	var errs []error
	for _, g := range e.Guards {
		errs = append(errs, g)
	}
	if e.Creation != nil {
		errs = append(errs, e.Creation)
	}
	return errs
}

// ErrNotConverged is wrapped where the schema still differs from the desired state after everything was done.
var ErrNotConverged = errors.New("the schema still differs from the desired state")
