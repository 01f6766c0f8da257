package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Effect says what readers and writers notice of the locks of some operations. The partitions themselves are left out:
// nobody uses one that is new or detached.
func Effect(ops []lifecycle.Operation, limits lifecycle.Limits) string {
	readers, writers := stopped(ops)
	var parts []string
	if len(readers) > 0 {
		parts = append(parts, "readers and writers of "+listed(readers))
	}
	if len(writers) > 0 {
		parts = append(parts, "writers of "+listed(writers))
	}
	if len(parts) == 0 {
		return "nobody waits: readers and writers go on"
	}
	return fmt.Sprintf("%s wait, for %s at most at a time", strings.Join(parts, ", and "), human.Took(limits.Longest(len(readers) > 0).Round(time.Millisecond)))
}

// stopped are the relations whose readers and writers, or whose writers alone, have to wait.
func stopped(ops []lifecycle.Operation) (readers, writers []string) {
	for _, op := range ops {
		for _, l := range op.Locks {
			name := l.Relation.String()
			switch {
			case l.Relation == op.Partition && op.Kind != lifecycle.Detach:
			case l.Mode == "ACCESS EXCLUSIVE" && l.Relation != op.Partition:
				readers = append(readers, name)
			case l.Mode == "SHARE" || l.Mode == "SHARE ROW EXCLUSIVE":
				writers = append(writers, name)
			}
		}
	}
	readers, writers = unique(readers), unique(writers)
	return readers, slices.DeleteFunc(writers, func(name string) bool { return slices.Contains(readers, name) })
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// listed names a few relations, and counts more.
func listed(names []string) string {
	const few = 3
	if len(names) > few+1 {
		return strings.Join(names[:few], ", ") + fmt.Sprintf(" and %d more", len(names)-few)
	}
	return strings.Join(names, ", ")
}
