package planner

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// DuplicateTableError says that two tasks name the same table, as `events` and `public.events` may. Nothing was done.
type DuplicateTableError struct {
	Table         catalog.Name // as the catalog names it
	First, Second catalog.Name // as the tasks name it
}

func (e *DuplicateTableError) Error() string {
	if e.First == e.Second {
		return fmt.Sprintf("table %s has two policies, in two places; leave one out", e.Table)
	}
	return fmt.Sprintf("table %s has two policies: it is named as %s and as %s; leave one out", e.Table, e.First, e.Second)
}
