package atlasext

import (
	"errors"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Guard stands in the way of a change that destroys partitions, or that cannot work, unless it is lifted by name.
type Guard string

// The guards. Each is lifted by Runner.Allow, in the command by the flag --allow-<guard>.
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

// Flag is what lifts the guard on the command line.
func (g Guard) Flag() string { return "--allow-" + string(g) }

// About is a sentence for a flag's help.
func (g Guard) About() string {
	switch g {
	case DropPartitioned:
		return "drop partitioned tables that are not declared any more, with all their partitions"
	case DropSchema:
		return "drop schemas that are not declared any more though they hold partitions"
	case DropRenamed:
		return "drop a partitioned table even if one of the same columns is created, which looks like a rename"
	case DeclaredPartition:
		return "ignore declarations of tables that are partitions of another table"
	case Recreate:
		return "drop partitioned tables whose partition key changes, and make them anew without rows"
	case UniqueWithoutKey:
		return "leave out unique indexes and primary keys that lack the partition key"
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
	return e.Message + " (" + e.Guard.Flag() + " does it all the same)"
}

// RefusedError says that guards stand in the way. Nothing was done.
type RefusedError struct{ Guards []*GuardError }

func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Guards))
	for i, g := range e.Guards {
		lines[i] = g.Error()
	}
	return "change schema: refused, nothing was done\n" + strings.Join(lines, "\n")
}

// Unwrap gives the single refusals.
func (e *RefusedError) Unwrap() []error {
	errs := make([]error, len(e.Guards))
	for i, g := range e.Guards {
		errs[i] = g
	}
	return errs
}

// ErrNotConverged is wrapped where the schema still differs from the desired state after everything was done.
var ErrNotConverged = errors.New("the schema still differs from the desired state")
