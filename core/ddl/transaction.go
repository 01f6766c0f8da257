package ddl

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Transaction is statements that are sent as one message from BEGIN to COMMIT, so that a client that stalls holds nothing.
type Transaction struct {
	Statements []Statement
	Lock       time.Duration // lock_timeout
	Statement  time.Duration // statement_timeout of what holds what others need; 0: none
	Idle       time.Duration // idle_in_transaction_session_timeout
}

// SQL is its whole text, ready for psql. What takes locks that others need comes last, under statement_timeout; what comes before
// holds only what is new.
func (t Transaction) SQL() string {
	free, holding := divide(t.Statements)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+";\n", args...) }
	// Whatever the role or the database has as default: a guard must see what was committed while it waited.
	line("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
	line("SET LOCAL lock_timeout = %s", quoteMillis(t.Lock))
	line("SET LOCAL idle_in_transaction_session_timeout = %s", quoteMillis(t.Idle))
	for _, set := range Printing(t.Statements) {
		line("SET LOCAL %s = %s", set.Name, catalog.QuoteLiteral(set.Value))
	}
	if len(free) > 0 || t.Statement == 0 {
		line("SET LOCAL statement_timeout = '0'")
	}
	for _, statement := range free {
		line("%s", statement.SQL)
	}
	if len(holding) > 0 && t.Statement > 0 {
		line("SET LOCAL statement_timeout = %s", quoteMillis(t.Statement))
	}
	for _, statement := range holding {
		line("%s", statement.SQL)
	}
	line("COMMIT")
	return b.String()
}

// divide parts the statements into those that hold nothing others need and those that do, each in order.
func divide(all []Statement) (free, holding []Statement) {
	for i, statement := range all {
		switch {
		case statement.Last && slices.Contains(all[i+1:], statement):
		case statement.Holds:
			holding = append(holding, statement)
		default:
			free = append(free, statement)
		}
	}
	return free, holding
}

// Printing are the settings under which guards compare bounds with those that the catalog was read with; none where none compares.
func Printing(statements []Statement) []Setting {
	if !slices.ContainsFunc(statements, func(s Statement) bool { return s.Prints }) {
		return nil
	}
	return []Setting{{Name: "TimeZone", Value: "UTC"}, {Name: "DateStyle", Value: "ISO, YMD"}}
}

// Bare is the text of statements that stand outside any transaction, between the settings and the role that they run under.
func Bare(statements []Statement, role string, settings []Setting) string {
	var b strings.Builder
	for _, set := range settings {
		b.WriteString(set.SQL() + ";\n")
	}
	if role != "" {
		fmt.Fprintf(&b, "SET ROLE %s;\n", catalog.QuoteIdent(role))
	}
	for _, statement := range statements {
		b.WriteString(statement.SQL + ";\n")
	}
	if role != "" {
		b.WriteString("RESET ROLE;\n")
	}
	for _, set := range settings {
		fmt.Fprintf(&b, "RESET %s;\n", set.Name)
	}
	return b.String()
}

// Script is the text of a transaction for a person to run.
func Script(statements ...Statement) string {
	var b strings.Builder
	b.WriteString("BEGIN;\n")
	for _, s := range statements {
		b.WriteString(s.SQL + ";\n")
	}
	return b.String() + "COMMIT;"
}

func quoteMillis(d time.Duration) string { return catalog.QuoteLiteral(Millis(d)) }
