package ddl

import (
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Statement is one SQL statement without its semicolon.
type Statement struct {
	SQL   string
	Holds bool // it takes a lock that others need, or keeps one waiting: bounded by statement_timeout and sent last, with COMMIT

	Prints bool // it compares a bound, whose text depends on settings: TimeZone UTC and DateStyle ISO, YMD
	Last   bool // of several in a transaction that are alike the last one is enough
}

// Held marks a statement to be sent with those that hold.
func (s Statement) Held() Statement {
	s.Holds = true
	return s
}

// AsRole is SET LOCAL ROLE, or the empty statement where we work as ourselves.
func AsRole(role string) Statement {
	if role == "" {
		return Statement{}
	}
	return Statement{SQL: "SET LOCAL ROLE " + catalog.QuoteIdent(role)}
}

// Compact leaves empty statements out.
func Compact(statements ...Statement) []Statement {
	return slices.DeleteFunc(statements, func(s Statement) bool { return s.SQL == "" })
}

// Comment sets a table's comment; the empty text removes it.
func Comment(table catalog.Name, text string) string {
	if text == "" {
		return "COMMENT ON TABLE " + table.String() + " IS NULL"
	}
	return "COMMENT ON TABLE " + table.String() + " IS " + catalog.QuoteLiteral(text)
}

// DropCheck drops a CHECK of ours where it is there. The name is one of ours, so it needs no quotes.
func DropCheck(table catalog.Name, name string) Statement {
	return Statement{SQL: "ALTER TABLE " + table.String() + " DROP CONSTRAINT IF EXISTS " + name, Holds: true}
}

// Setting is a run-time parameter and its value.
type Setting struct{ Name, Value string }

// SQL sets the parameter for the session; the empty value is the session's own default.
func (set Setting) SQL() string {
	if set.Value == "" {
		return "RESET " + set.Name
	}
	return fmt.Sprintf("SET %s = %s", set.Name, catalog.QuoteLiteral(set.Value))
}

// Local sets the parameter for the transaction.
func (set Setting) Local() string {
	return fmt.Sprintf("SET LOCAL %s = %s", set.Name, catalog.QuoteLiteral(set.Value))
}

// Millis writes a duration as PostgreSQL's settings take it, in whole milliseconds: 250ms.
func Millis(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }
