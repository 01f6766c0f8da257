package ddl

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Key is a key column as a partition's constraint compares it, and a stretch of it, the ends as literals without quotes. Types
// that carry time or numbers are PostgreSQL's own, so their operators are in pg_catalog.
type Key struct {
	Column    string
	Collation catalog.Name // zero: the column's
	From, To  string
	Columns   int // of the partition key; those behind the first are open below
}

// Bound is that of a partition which holds the stretch.
func (k Key) Bound() string {
	rest := strings.Repeat(", MINVALUE", max(0, k.Columns-1))
	return "FOR VALUES FROM (" + catalog.QuoteLiteral(k.From) + rest + ") TO (" + catalog.QuoteLiteral(k.To) + rest + ")"
}

// compared is the column in the collation of the partition key: only then PostgreSQL proves that a scan is not needed.
func (k Key) compared() string {
	if k.Collation == (catalog.Name{}) {
		return catalog.QuoteIdent(k.Column)
	}
	return catalog.QuoteIdent(k.Column) + " COLLATE " + k.Collation.String()
}

// Inside is the condition that a row lies in the stretch; NULL never does.
func (k Key) Inside() string {
	return catalog.QuoteIdent(k.Column) + " IS NOT NULL AND " + k.within()
}

func (k Key) within() string {
	key := k.compared()
	return fmt.Sprintf("%s OPERATOR(pg_catalog.>=) %s AND %s OPERATOR(pg_catalog.<) %s", key, catalog.QuoteLiteral(k.From), key, catalog.QuoteLiteral(k.To))
}

// Outside is the condition that a row lies in none of the stretches.
func Outside(keys ...Key) string {
	var all []string
	for _, k := range keys {
		key := k.compared()
		all = append(all, fmt.Sprintf("%s IS NULL OR %s OPERATOR(pg_catalog.<) %s OR %s OPERATOR(pg_catalog.>=) %s", catalog.QuoteIdent(k.Column), key, catalog.QuoteLiteral(k.From), key, catalog.QuoteLiteral(k.To)))
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, ") AND (") + ")"
}

// AddCheck adds a CHECK that holds for new rows alone until it is validated. The name is one of ours, so it needs no quotes.
func AddCheck(table catalog.Name, name, condition string) Statement {
	return Alter(table, "ADD CONSTRAINT %s CHECK (%s) NOT VALID", name, condition)
}

// Validate checks the rows under a constraint, while readers and writers go on. The name stands as SQL writes it.
func Validate(table catalog.Name, name string) Statement {
	s := Alter(table, "VALIDATE CONSTRAINT %s", name)
	s.Holds = false
	return s
}

// Alter is ALTER TABLE.
func Alter(table catalog.Name, format string, args ...any) Statement {
	return Statement{SQL: "ALTER TABLE " + table.String() + " " + fmt.Sprintf(format, args...), Holds: true}
}

// Move moves the rows of a stretch from one table into another; columns are those that may be inserted into.
func Move(from, to catalog.Name, k Key, columns []string) Statement {
	var quoted []string
	for _, c := range columns {
		quoted = append(quoted, catalog.QuoteIdent(c))
	}
	list := strings.Join(quoted, ", ")
	return Statement{SQL: fmt.Sprintf("WITH moved AS (DELETE FROM %s WHERE %s RETURNING *)\n  INSERT INTO %s (%s) SELECT %s FROM moved", from, k.within(), to, list, list)}
}

// Triggers switches the triggers off that a DELETE would fire on a partition and on all that is below it, or on again as they were.
func Triggers(p *catalog.Partition, on bool) (statements []Statement) {
	for _, t := range p.Triggers {
		statements = append(statements, trigger(p.Name, t, on))
	}
	if p.Inner != nil {
		for i := range p.Inner.Partitions {
			statements = append(statements, Triggers(&p.Inner.Partitions[i], on)...)
		}
	}
	return statements
}

// trigger switches a trigger off, or on again as it was.
func trigger(table catalog.Name, t catalog.Trigger, on bool) Statement {
	how := "DISABLE"
	switch {
	case on && t.Always:
		how = "ENABLE ALWAYS"
	case on:
		how = "ENABLE"
	}
	return Statement{SQL: fmt.Sprintf("ALTER TABLE %s %s TRIGGER %s", table, how, catalog.QuoteIdent(t.Name))}
}
