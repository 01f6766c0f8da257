package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// SQL is the whole text of the step, ready for psql and the very text that a run sends, but for instants.
// A transaction is one message from BEGIN to COMMIT, so a client that stalls holds nothing. In it, what takes locks
// that others need comes last, under statement_timeout; what comes before holds only what is new.
func (s Step) SQL(l Limits) string {
	if s.Outside {
		return s.outsideSQL(l)
	}
	free, holding := s.divide()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+";\n", args...) }
	line("BEGIN")
	line("SET LOCAL lock_timeout = %s", quoteMillis(s.LockLimit(l)))
	line("SET LOCAL idle_in_transaction_session_timeout = %s", quoteMillis(l.Filled().Idle))
	if len(free) > 0 || s.Patient {
		line("SET LOCAL statement_timeout = '0'")
	}
	for _, statement := range free {
		line("%s", statement.SQL)
	}
	if len(holding) > 0 && !s.Patient {
		line("SET LOCAL statement_timeout = %s", quoteMillis(l.Filled().Statement))
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
		fmt.Fprintf(&b, "SET %s = %s;\n", set.Name, catalog.QuoteLiteral(set.Value))
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

// Setting is a run-time parameter and its value.
type Setting struct{ Name, Value string }

// Settings are those that an Outside step runs under, for the session.
func (s Step) Settings(l Limits) []Setting {
	return []Setting{
		{"lock_timeout", millis(s.LockLimit(l))},
		{"statement_timeout", millis(l.Filled().Statement)},
	}
}

// LockLimit is how long the step waits in one queue. Where only we wait it is longer than deadlock_timeout, since only
// such a wait makes an autovacuum step aside (PostgreSQL 14 to 18).
func (s Step) LockLimit(l Limits) time.Duration {
	if s.Patient {
		return s.Deadlock + time.Second
	}
	return l.Filled().Lock
}

// All are the step's statements in order, those of its operations included.
func (s Step) All() []Statement {
	all := slices.Clone(s.Statements)
	for _, op := range s.Operations {
		all = append(all, op.Statements...)
	}
	return all
}

// divide parts the statements into those that hold nothing others need and those that do, each in order.
func (s Step) divide() (free, holding []Statement) {
	for _, statement := range s.All() {
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

func millis(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }

func quoteMillis(d time.Duration) string { return catalog.QuoteLiteral(millis(d)) }

// held marks a statement to be sent with those that hold.
func (s Statement) held() Statement {
	s.Holds = true
	return s
}

// asRole is SET LOCAL ROLE, or the empty statement where we work as ourselves.
func asRole(role string) Statement {
	if role == "" {
		return Statement{}
	}
	return Statement{SQL: "SET LOCAL ROLE " + catalog.QuoteIdent(role)}
}

// compact leaves empty statements out.
func compact(statements ...Statement) []Statement {
	return slices.DeleteFunc(statements, func(s Statement) bool { return s.SQL == "" })
}

// commentSQL sets a table's comment; the empty text removes it.
func commentSQL(table catalog.Name, text string) string {
	if text == "" {
		return "COMMENT ON TABLE " + table.String() + " IS NULL"
	}
	return "COMMENT ON TABLE " + table.String() + " IS " + catalog.QuoteLiteral(text)
}

func dropCheckSQL(table catalog.Name, name string) Statement {
	return Statement{SQL: "ALTER TABLE " + table.String() + " DROP CONSTRAINT IF EXISTS " + name, Holds: true}
}

// guard is a query that fails the transaction, with SQLSTATE 22P02 and a message that begins with `partsmith: `, unless
// the relation of that name is still the one that was planned and meets the conditions. The count is not known when the
// statement is planned, so PostgreSQL does not evaluate the failing cast too early.
func guard(table catalog.Name, oid uint32, conditions ...string) Statement {
	all := append([]string{
		fmt.Sprintf("c.oid = %d", oid),
		"c.relname = " + catalog.QuoteLiteral(table.Table),
		"n.nspname = " + catalog.QuoteLiteral(table.Schema),
	}, conditions...)
	return Statement{Holds: true, SQL: fmt.Sprintf(
		"SELECT CASE count(*) WHEN 1 THEN 0 ELSE (%s || count(*))::integer END\n"+
			"  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"+
			"  WHERE %s",
		catalog.QuoteLiteral("partsmith: "+table.String()+" is no longer what was planned, matches "), strings.Join(all, "\n    AND "))}
}

// The conditions of guards.
const notAttached = "NOT c.relispartition"

func attachedTo(parent uint32) string {
	return fmt.Sprintf("EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid AND i.inhparent = %d AND NOT i.inhdetachpending)", parent)
}

func commented(text string) string {
	return "pg_catalog.obj_description(c.oid, 'pg_class') IS NOT DISTINCT FROM " + catalog.QuoteLiteral(text)
}
