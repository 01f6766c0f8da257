package executor

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Reason says why an operation or a table failed, for programs: errors.Is(err, executor.Referenced).
type Reason string

// The reasons. What the server said, and a finding where there was one, is in the error beside them.
const (
	MissingTable  Reason = "the table does not exist"
	Misfit        Reason = "the table does not fit its policy"
	NameTaken     Reason = "the name is taken"
	StillAttached Reason = "it is attached, and is not touched"                        // of what was to be dropped
	NoMarker      Reason = "it carries no marker, and is not touched"                  // of what was to be dropped
	DetachPending Reason = "a concurrent detach is pending; the next run finalizes it" // rows of its window are refused until then
	Referenced    Reason = "it is referenced from elsewhere"                           // rows or objects point at the partition
	RightLacking  Reason = "the role lacks a right"
	RowsUnfit     Reason = "rows do not fit"      // they stand against a bound or a check
	Changed       Reason = "it changed meanwhile" // and the catalog offered no other way
	HookFailed    Reason = "hook"                 // or it panicked
	SessionLost   Reason = "session lost"         // and its locks; what it was just doing may or may not be done
	OutOfTime     Reason = "the time for the run is over; the next run goes on"
)

func (r Reason) Error() string { return string(r) }

// OperationError says that an operation failed, or a table as a whole. It wraps its Reason and its Cause.
type OperationError struct {
	Table     catalog.Name   // the root
	Partition catalog.Name   // zero where it is about no partition
	Kind      lifecycle.Kind // of the operation, empty where it is about none
	SQLState  string         // what the server called it, empty where it was not the server
	Attempts  int
	Reason    Reason // empty: the cause says it all
	Cause     error  // may be nil
}

func (e *OperationError) Error() string { return e.say(string(e.Reason)) }

// Unwrap gives the reason and the cause, where there are any.
func (e *OperationError) Unwrap() []error {
	var errs []error
	if e.Reason != "" {
		errs = append(errs, e.Reason)
	}
	if e.Cause != nil {
		errs = append(errs, e.Cause)
	}
	return errs
}

// because is the error with a reason.
func (e OperationError) because(r Reason) *OperationError {
	e.Reason = r
	return &e
}

// say puts what happened between where and why: drop public.events__2026_01: it is attached: <cause>. A finding says by itself
// what is the matter with a table.
func (e *OperationError) say(what string) string {
	var parts []string
	if e.Kind != "" {
		parts = append(parts, string(e.Kind)+" "+e.Partition.String())
	}
	if what != "" && (e.Kind != "" || e.Reason == SessionLost) {
		parts = append(parts, what)
	}
	if e.Cause != nil {
		parts = append(parts, e.Cause.Error())
	}
	if len(parts) == 0 {
		return e.Table.String() + ": " + what
	}
	return strings.Join(parts, ": ")
}

// FindingError is a finding as an error.
type FindingError struct {
	Table   catalog.Name
	Finding lifecycle.Finding
}

func (e *FindingError) Error() string {
	if e.Finding.Remedy == "" {
		return e.Finding.Message
	}
	return e.Finding.Message + " (" + e.Finding.Remedy + ")"
}

// RetriesError says that an operation was tried until its time was over.
type RetriesError struct {
	OperationError
	Blockers []blocker.Blocker // who stood in the way, the oldest transaction first; empty where nobody was seen

	Stall   time.Duration // how long everybody was made to wait in the end, zero where only some wait
	Longest time.Duration // of the transactions that were met, as old as they were seen; zero: not known
}

func (e *RetriesError) Error() string {
	text := e.say(fmt.Sprintf("gave up after %d attempts", e.Attempts))
	if e.Stall > 0 && e.Longest > 0 {
		text += fmt.Sprintf("; it was begun beside transactions of up to %s and waits %s at most, since everybody waits with it: a longer --max-stall gets through, or an hour with shorter transactions",
			e.Longest.Round(10*time.Millisecond), e.Stall)
	}
	if len(e.Blockers) == 0 {
		return text
	}
	names := make([]string, len(e.Blockers))
	for i, b := range e.Blockers {
		names[i] = b.String()
	}
	return text + "; in the way: " + strings.Join(names, ", ")
}

// SkipError says why an operation was not tried.
type SkipError struct {
	Reason string
	Cause  error // what failed before, may be nil
}

func (e *SkipError) Error() string {
	if e.Cause == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *SkipError) Unwrap() error { return e.Cause }

// Refusal is a finding about a table as an error: with the reason that belongs to its code, where there is one, and always with
// a FindingError as its cause.
func Refusal(table catalog.Name, f lifecycle.Finding) error {
	e := &FindingError{Table: table, Finding: f}
	reasons := map[string]Reason{"missing_table": MissingTable, "misfit": Misfit, "name_taken": NameTaken, "referenced": Referenced, "not_owner": RightLacking}
	if reason, known := reasons[f.Code]; known {
		return &OperationError{Table: table, Partition: f.Partition, Reason: reason, Cause: e}
	}
	return e
}
