package lifecycle

import (
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// unfit is why a table and its policy do not fit, and what to write so that they do.
type unfit struct{ why, remedy string }

func (e *unfit) Error() string { return e.why }

func (m *maker) misfit(err error) {
	f := Finding{Code: "misfit", Severity: Error,
		Message: fmt.Sprintf("table %s does not fit its policy: %s", m.table.Name, err),
		Remedy:  "Change the policy or the table; nothing is done for it until they fit."}
	var known *unfit
	var field *PolicyError
	switch {
	case errors.As(err, &known):
		f.Remedy = known.remedy
	case errors.As(err, &field):
		f.Remedy = fmt.Sprintf("Correct `%s` in the policy.", field.Field)
	}
	m.find(f)
}

const leaveOut = "or take it out of the document."

func notPartitioned(table catalog.Table) error {
	return &unfit{kindOf(table.Kind) + " is not partitioned", "Make it anew with PARTITION BY RANGE (...), " + leaveOut}
}

func otherStrategy(table catalog.Table) error {
	return &unfit{fmt.Sprintf("it is partitioned by %s, and windows of time need PARTITION BY RANGE", table.Strategy),
		"Make it anew with PARTITION BY RANGE (...), " + leaveOut}
}

func byExpression() error {
	return &unfit{"it is partitioned by an expression, whose windows cannot be told from its bounds", "Partition it by a column, " + leaveOut}
}

func otherColumn(column catalog.Column, policy Policy) error {
	name := catalog.QuoteIdent(column.Name)
	return &unfit{fmt.Sprintf("its key begins with column %s, and the policy says %s", name, catalog.QuoteIdent(policy.Column)),
		fmt.Sprintf("Write `column: %s`, or leave `column` out.", name)}
}

// unreadKey is about a column that carries no time, by its type or by the encoding that the policy names.
func unreadKey(column catalog.Column, policy Policy, err error) error {
	e := &unfit{fmt.Sprintf("key column %s: %s", catalog.QuoteIdent(column.Name), err), "Partition it by a column of type timestamptz, timestamp or date, " + leaveOut}
	if policy.Encoding != "" {
		e.remedy = "Leave `encoding` out where the key column is of type timestamptz, timestamp or date."
	}
	return e
}
