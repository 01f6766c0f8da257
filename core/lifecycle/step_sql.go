package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// SQL is the whole text of the step, ready for psql and the very text that a run sends, but for instants and for the question
// whether its locks are still held, which a run puts first.
// A transaction is one message from BEGIN to COMMIT, so a client that stalls holds nothing. In it, what takes locks
// that others need comes last, under statement_timeout; what comes before holds only what is new.
func (s Step) SQL(l Limits) string {
	if s.Outside {
		return s.outsideSQL(l)
	}
	free, holding := s.divide()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+";\n", args...) }
	// Whatever the role or the database has as default: a guard must see what was committed while it waited.
	line("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
	line("SET LOCAL lock_timeout = %s", quoteMillis(s.LockLimit(l)))
	line("SET LOCAL idle_in_transaction_session_timeout = %s", quoteMillis(l.Filled().Idle))
	for _, set := range s.printing() {
		line("SET LOCAL %s = %s", set.Name, catalog.QuoteLiteral(set.Value))
	}
	limit := s.StatementLimit(l)
	if len(free) > 0 || limit == 0 {
		line("SET LOCAL statement_timeout = '0'")
	}
	for _, statement := range free {
		line("%s", statement.SQL)
	}
	if len(holding) > 0 && limit > 0 {
		line("SET LOCAL statement_timeout = %s", quoteMillis(limit))
	}
	for _, statement := range holding {
		line("%s", statement.SQL)
	}
	line("COMMIT")
	return b.String()
}

// outsideSQL shows the one statement between the settings it runs under. A run sends the parts one by one, since
// CONCURRENTLY refuses to stand in a message of several statements, and puts the settings back to what they were.
func (s Step) outsideSQL(l Limits) string {
	var b strings.Builder
	settings := s.Settings(l)
	for _, set := range settings {
		b.WriteString(set.SQL() + ";\n")
	}
	if s.Role != "" {
		fmt.Fprintf(&b, "SET ROLE %s;\n", catalog.QuoteIdent(s.Role))
	}
	for _, statement := range s.All() {
		fmt.Fprintf(&b, "%s;\n", statement.SQL)
	}
	if s.Role != "" {
		b.WriteString("RESET ROLE;\n")
	}
	for _, set := range settings {
		fmt.Fprintf(&b, "RESET %s;\n", set.Name)
	}
	return b.String()
}

// Settings are those that an Outside step runs under, for the session.
func (s Step) Settings(l Limits) []ddl.Setting {
	return append([]ddl.Setting{
		{Name: "lock_timeout", Value: ddl.Millis(s.LockLimit(l))},
		{Name: "statement_timeout", Value: ddl.Millis(s.StatementLimit(l))},
	}, s.printing()...)
}

// printing are the settings under which guards compare bounds with those that the catalog was read with.
func (s Step) printing() []ddl.Setting {
	if !slices.ContainsFunc(s.All(), func(statement ddl.Statement) bool { return statement.Prints }) {
		return nil
	}
	return []ddl.Setting{{Name: "TimeZone", Value: "UTC"}, {Name: "DateStyle", Value: "ISO, YMD"}}
}

// All are the step's statements in order, those of its operations included.
func (s Step) All() []ddl.Statement {
	all := slices.Clone(s.Statements)
	for _, op := range s.Operations {
		all = append(all, op.Statements...)
	}
	return all
}

// divide parts the statements into those that hold nothing others need and those that do, each in order.
func (s Step) divide() (free, holding []ddl.Statement) {
	all := s.All()
	for i, statement := range all {
		if statement.Last && slices.Contains(all[i+1:], statement) {
			continue
		}
		if statement.Holds {
			holding = append(holding, statement)
		} else {
			free = append(free, statement)
		}
	}
	return free, holding
}

// UndoStep is the transaction that takes back what a failed step or its preparation left; false where there is nothing.
func (s Step) UndoStep() (Step, bool) {
	return Step{Statements: s.Undo, Deadlock: s.Deadlock, Retires: s.Retires}, len(s.Undo) > 0
}

func quoteMillis(d time.Duration) string { return catalog.QuoteLiteral(ddl.Millis(d)) }
