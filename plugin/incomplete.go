package plugin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// IncompleteError says that something which was due could not be done, and that the run fails for it.
type IncompleteError struct {
	Results []executor.Result // of all tables, the complete ones too
}

// Error names every table that is incomplete, one line each.
func (e *IncompleteError) Error() string {
	lines := []string{"maintain partitions: incomplete"}
	for _, r := range Incomplete(e.Results) {
		line := r.Plan.Table.String() + ": " + strings.ReplaceAll(r.Err().Error(), "\n", "; ")
		if runway := runwayOf(r); !runway.Enough() {
			line += "; " + reach(runway)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// reach says what a runway that is too short means for rows.
func reach(runway lifecycle.Runway) string {
	switch {
	case runway.Until.IsZero():
		return "its partitions reach only to the past"
	case runway.Default:
		return fmt.Sprintf("from %s on rows fall into its DEFAULT partition, and they must not before %s", runway.Until, runway.Least)
	}
	return fmt.Sprintf("its partitions reach only to %s, and must to %s", runway.Until, runway.Least)
}

// Unwrap gives the errors of the tables.
func (e *IncompleteError) Unwrap() []error {
	var errs []error
	for _, r := range Incomplete(e.Results) {
		errs = append(errs, r.Err())
	}
	return errs
}

// Incomplete are the results of tables where something that was due is not done.
func Incomplete(results []executor.Result) []executor.Result {
	var some []executor.Result
	for _, r := range results {
		if !r.OK() {
			some = append(some, r)
		}
	}
	return some
}

// tooShort reports whether inserts into an incomplete table would fail sooner than its policy allows.
func tooShort(results []executor.Result) bool {
	for _, r := range Incomplete(results) {
		if !runwayOf(r).Safe() {
			return true
		}
	}
	return false
}

// runwayOf is the runway that a run left: that of the plan with what was done of it.
func runwayOf(r executor.Result) lifecycle.Runway {
	runway := r.Runway()
	runway.Default = runway.Default && !mayRefuse(r)
	return runway
}

// mayRefuse reports whether a run that ended early may have left a CHECK on DEFAULT, which refuses rows of the windows that it
// was about to make. One that went on to its end has taken it off again.
func mayRefuse(r executor.Result) bool {
	return (r.Failure != nil || errors.Is(r.Err(), executor.SessionLost)) &&
		slices.ContainsFunc(r.Plan.Steps, func(s lifecycle.Step) bool { return !s.Retires && len(s.Undo) > 0 })
}

// looked reports whether every table was looked at: only then its runway is known.
func looked(results []executor.Result) bool {
	for _, r := range results {
		if r.Plan.At.IsZero() {
			return false
		}
	}
	return true
}
