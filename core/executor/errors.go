package executor

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Site is where something failed, and what was said there. Every error of an operation carries one.
type Site struct {
	Table     catalog.Name   // the root
	Partition catalog.Name   // zero where it is about no partition
	Kind      lifecycle.Kind // of the operation, empty where it is about none
	SQLState  string         // what the server called it, empty where it was not the server
	Attempts  int
	Cause     error
}

// Unwrap gives the cause.
func (s Site) Unwrap() error { return s.Cause }

// say puts what happened between where and why: drop public.events__2026_01: it is attached: <cause>.
func (s Site) say(what string) string {
	var parts []string
	if s.Kind != "" {
		parts = append(parts, string(s.Kind)+" "+s.Partition.String())
	}
	if s.Kind != "" && what != "" {
		parts = append(parts, what)
	}
	if s.Cause != nil {
		parts = append(parts, s.Cause.Error())
	}
	if len(parts) == 0 {
		return s.Table.String() + ": " + what
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

// MissingTableError says that the table of a policy does not exist.
type MissingTableError struct{ Site }

func (e *MissingTableError) Error() string { return e.say("the table does not exist") }

// MisfitError says that a table and its policy cannot work together.
type MisfitError struct{ Site }

func (e *MisfitError) Error() string { return e.say("the table does not fit its policy") }

// NameTakenError says that something else has the name of a new partition.
type NameTakenError struct{ Site }

func (e *NameTakenError) Error() string { return e.say("the name is taken") }

// StillAttachedError says that a table which was to be dropped is a partition. It is untouched.
type StillAttachedError struct{ Site }

func (e *StillAttachedError) Error() string { return e.say("it is attached, and is not touched") }

// NoMarkerError says that a table which was to be dropped is not marked as an orphan of this parent. It is untouched.
type NoMarkerError struct{ Site }

func (e *NoMarkerError) Error() string { return e.say("it carries no marker, and is not touched") }

// DetachPendingError says that a detach has begun and is not finished: rows of its window are refused until it is finalized.
// Every run tries that again.
type DetachPendingError struct{ Site }

func (e *DetachPendingError) Error() string {
	return e.say("a concurrent detach is pending; the next run finalizes it")
}

// ReferencedError says that rows or objects elsewhere point at the partition.
type ReferencedError struct{ Site }

func (e *ReferencedError) Error() string { return e.say("it is referenced from elsewhere") }

// RightsError says that the role may not do it.
type RightsError struct{ Site }

func (e *RightsError) Error() string { return e.say("the role lacks a right") }

// RowsError says that rows stand against a bound or a check.
type RowsError struct{ Site }

func (e *RowsError) Error() string { return e.say("rows do not fit") }

// ChangedError says that a relation is not what was planned any more, and the catalog offered no other way.
type ChangedError struct{ Site }

func (e *ChangedError) Error() string { return e.say("it changed meanwhile") }

// OperationError is any other failure of an operation.
type OperationError struct{ Site }

func (e *OperationError) Error() string { return e.say("") }

// HookError says that a hook failed, or that it panicked.
type HookError struct{ Site }

func (e *HookError) Error() string { return e.say("hook") }

// LostSessionError says that the session ended, and its locks with it. What it was just doing may or may not be done.
type LostSessionError struct{ Site }

func (e *LostSessionError) Error() string {
	if e.Kind == "" {
		return "session lost: " + e.Cause.Error()
	}
	return e.say("session lost")
}

// RetriesError says that an operation was tried until its time was over.
type RetriesError struct {
	Site
	Blockers []Blocker // who stood in the way, the oldest transaction first; empty where nobody was seen

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

// OutOfTimeError says that the time for the whole run was over.
type OutOfTimeError struct{ Table catalog.Name }

func (e *OutOfTimeError) Error() string {
	return fmt.Sprintf("%s: the time for the run is over; the next run goes on", e.Table)
}

// Refusal is a finding about a table as an error of the type that belongs to its code, which wraps a FindingError.
func Refusal(table catalog.Name, f lifecycle.Finding) error {
	e := &FindingError{Table: table, Finding: f}
	site := Site{Table: table, Partition: f.Partition, Cause: e}
	switch f.Code {
	case "missing_table":
		return &MissingTableError{site}
	case "misfit":
		return &MisfitError{site}
	case "name_taken":
		return &NameTakenError{site}
	case "referenced":
		return &ReferencedError{site}
	case "not_owner":
		return &RightsError{site}
	}
	return e
}

// DuplicateTableError says that two tasks name the same table, as `events` and `public.events` may. Nothing was done.
type DuplicateTableError struct {
	Table         catalog.Name // as the catalog names it
	First, Second catalog.Name // as the tasks name it
}

func (e *DuplicateTableError) Error() string {
	return fmt.Sprintf("table %s has two policies: it is named as %s and as %s; leave one out", e.Table, e.First, e.Second)
}
