package atlasext

import (
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// Change is one statement of the schema phase. It is for reading: a Runner makes its own.
type Change struct {
	SQL     string        // without its semicolon
	Comment string        // as Atlas writes it, may be empty
	Outside bool          // it runs after the transaction, outside any: CREATE INDEX CONCURRENTLY and what follows it
	Source  schema.Change // what it is part of; nil where it is ours

	builds *index // which index it builds CONCURRENTLY, so that the remains of a failure are dropped; nil: it leaves none
	clears *index // which index it drops only where it is not valid; nil: what SQL says is done as it stands
	drops  *index // which index it drops, and nothing where another table has that name; nil: as for clears
}

// ChangeError is a statement of the schema phase that failed. With TxFile nothing of the phase was done.
type ChangeError struct {
	Change   Change
	SQLState string // empty where it was not the server
	Detail   string // as PostgreSQL has it, may be empty; may hold values of rows
	Hint     string // as PostgreSQL has it, may be empty
	Attempts int
	Cause    error
}

func (e *ChangeError) Error() string {
	text := "change schema: " + e.Change.SQL
	if e.Change.SQL == "" {
		text = "change schema"
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(": tried %d times", e.Attempts)
	}
	text += ": " + e.Cause.Error()
	if e.Detail != "" {
		text += "; DETAIL: " + e.Detail
	}
	if e.Hint != "" {
		text += "; HINT: " + e.Hint
	}
	return text
}

// Unwrap gives the cause.
func (e *ChangeError) Unwrap() error { return e.Cause }
