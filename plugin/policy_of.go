package plugin

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/plugin/internal/form"
)

// Value is a value of a document in another format than YAML, with the place where it stands. Its Text is taken as it is where
// Str is false: no variable is expanded in it.
type Value = form.Node

// Pair is a key of a map and its value.
type Pair = form.Pair

// The shapes of a Value.
const (
	Scalar = form.ScalarShape
	List   = form.ListShape
	Map    = form.MapShape
	Null   = form.NullShape
)

// ReadPolicy reads the policy of one table from the fields that an entry of `tables` has in a document, but for `table`. It is
// for formats that keep the policy beside the table, and as strict as the document. The error is a DocumentErrors with all
// that is wrong.
func ReadPolicy(table catalog.Name, fields *Value) (lifecycle.Policy, error) {
	r := &form.Reader{}
	known := slices.Concat(gridFields(), otherFields(), divisionFields(1), []form.Field[level]{optionalField()})
	l, ok := readLevel(r, fields, "lifecycle", known)
	if ok && len(r.Errs) == 0 {
		l.settle(nil)
		checkPolicy(r, l, tableName{table, fields.Place})
	}
	if len(r.Errs) == 0 {
		return l.policy, nil
	}
	slices.SortStableFunc(r.Errs, (*DocumentError).Compare)
	return lifecycle.Policy{}, DocumentErrors(r.Errs)
}
