// Package exit is the way from an error to the exit code of a command.
//
//	os.Exit(exit.Code(err))
//
// What a library cannot know, the command itself adds in front, as Rules of its own.
package exit

import (
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// The exit codes of the commands.
const (
	Done         = 0 // or nothing to do
	NotAttempted = 1 // nothing could be attempted, or the migration failed
	Usage        = 2 // the command line or the document
	Pending      = 3 // --check
	Busy         = 4 // another holds the lock
	Unfinished   = 5
	Refused      = 6 // a guard stands in the way, the schema was not changed
	Unreached    = 7 // no connection
)

// Error ends the program with a code of its own. Err is what remains to be said; nil: everything was.
type Error struct {
	Code  int
	Err   error
	Final bool // the code stands although a signal came
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Usagef is an error of the command line.
func Usagef(format string, args ...any) error {
	return &Error{Code: Usage, Err: fmt.Errorf(format, args...)}
}

// Rule gives errors of one kind a code.
type Rule struct {
	Code int
	Fits func(error) bool
}

// For is the rule for an error type.
func For[T error](code int) Rule {
	return Rule{code, func(err error) bool { return errors.As(err, new(T)) }}
}

// Code is that of an Error, else that of the first rule which fits, those given before those for what a run of maintenance can end
// with; else NotAttempted.
func Code(err error, rules ...Rule) int {
	if err == nil {
		return Done
	}
	if own := (*Error)(nil); errors.As(err, &own) {
		return own.Code
	}
	for _, r := range append(rules, For[*lock.SchemeError](Usage), For[*planner.DuplicateTableError](Usage),
		For[*plugin.IncompleteError](Unfinished), For[*lock.BusyError](Busy)) {
		if r.Fits(err) {
			return r.Code
		}
	}
	return NotAttempted
}
