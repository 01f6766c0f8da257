package level

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Misfit is why a table and a rule do not fit, and what to write so that they do.
type Misfit struct{ Why, Remedy string }

func (e *Misfit) Error() string { return e.Why }

const leaveOut = "or take it out of the document."

// kindOf says what kind of relation pg_class.relkind means.
func kindOf(relkind string) string {
	kinds := map[string]string{"r": "the table", "v": "a view", "m": "a materialized view", "f": "a foreign table", "S": "a sequence", "i": "an index", "c": "a type"}
	if kind, ok := kinds[relkind]; ok {
		return kind
	}
	return "the relation"
}

// keyColumn is the column of the key that carries the window.
func keyColumn(table catalog.Table, rule Rule) (catalog.Column, error) {
	var none catalog.Column
	switch {
	case table.Strategy == "":
		return none, &Misfit{kindOf(table.Kind) + " is not partitioned", "Make it anew with PARTITION BY RANGE (...), " + leaveOut}
	case table.Strategy != catalog.Range:
		return none, &Misfit{fmt.Sprintf("it is partitioned by %s, and windows of time need PARTITION BY RANGE", table.Strategy),
			"Make it anew with PARTITION BY RANGE (...), " + leaveOut}
	case len(table.Key) == 0 || table.Key[0].Name == "":
		return none, &Misfit{"it is partitioned by an expression, whose windows cannot be told from its bounds", "Partition it by a column, " + leaveOut}
	}
	column := table.Key[0]
	if name := catalog.QuoteIdent(column.Name); rule.Column != "" && rule.Column != column.Name {
		return none, &Misfit{fmt.Sprintf("its key begins with column %s, and the policy says %s", name, catalog.QuoteIdent(rule.Column)),
			fmt.Sprintf("Write `column: %s`, or leave `column` out.", name)}
	}
	return column, nil
}

// unreadKey is about a column that carries no time, by its type or by the encoding that the rule names.
func unreadKey(column catalog.Column, rule Rule, err error) error {
	e := &Misfit{fmt.Sprintf("key column %s: %s", catalog.QuoteIdent(column.Name), err), "Partition it by a column of type timestamptz, timestamp or date, " + leaveOut}
	if rule.Encoding != "" {
		e.Remedy = "Leave `encoding` out where the key column is of type timestamptz, timestamp or date."
	}
	return e
}
