package lifecycle

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// SQL is the whole text of the step, ready for psql and the very text that a run sends, but for instants and for the question
// whether its locks are still held, which a run puts first. Of an Outside step a run sends the parts one by one, since CONCURRENTLY
// refuses to stand in a message of several statements, and puts the settings back to what they were.
func (s Step) SQL(l Limits) string {
	if s.Outside {
		return ddl.Bare(s.All(), s.Role, s.Settings(l))
	}
	return ddl.Transaction{Statements: s.All(), Lock: s.LockLimit(l), Statement: s.StatementLimit(l), Idle: l.Filled().Idle}.SQL()
}

// Settings are those that an Outside step runs under, for the session.
func (s Step) Settings(l Limits) []ddl.Setting {
	return append([]ddl.Setting{
		{Name: "lock_timeout", Value: ddl.Millis(s.LockLimit(l))},
		{Name: "statement_timeout", Value: ddl.Millis(s.StatementLimit(l))},
	}, ddl.Printing(s.All())...)
}

// All are the step's statements in order, those of its operations included.
func (s Step) All() []ddl.Statement {
	all := slices.Clone(s.Statements)
	for _, op := range s.Operations {
		all = append(all, op.Statements...)
	}
	return all
}

// UndoStep is the transaction that takes back what a failed step or its preparation left; false where there is nothing.
func (s Step) UndoStep() (Step, bool) {
	return Step{Statements: s.Undo, Deadlock: s.Deadlock, Retires: s.Retires}, len(s.Undo) > 0
}
