package plugin

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// IncompleteError says that something which was due could not be done, and that the run fails for it.
type IncompleteError struct {
	Results []lifecycle.Result // of all tables, the complete ones too
}

// Error names every table that is incomplete, one line each.
func (e *IncompleteError) Error() string {
	lines := []string{"maintain partitions: incomplete"}
	for _, r := range Incomplete(e.Results) {
		line := r.Plan.Table.String() + ": " + strings.ReplaceAll(r.Err().Error(), "\n", "; ")
		if runway := runwayOf(r); !runway.Enough() {
			line += "; its partitions reach only to " + reach(runway)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func reach(runway lifecycle.Runway) string {
	if runway.Until.IsZero() {
		return "the past"
	}
	return runway.Until.String() + ", and must to " + runway.Least.String()
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
func Incomplete(results []lifecycle.Result) []lifecycle.Result {
	var some []lifecycle.Result
	for _, r := range results {
		if !r.OK() {
			some = append(some, r)
		}
	}
	return some
}

// tooShort tells whether an incomplete table has less runway left than its policy asks for.
func tooShort(results []lifecycle.Result) bool {
	for _, r := range Incomplete(results) {
		if !runwayOf(r).Enough() {
			return true
		}
	}
	return false
}

// runwayOf is the runway that a run left: that of the plan with what was done of it.
func runwayOf(r lifecycle.Result) lifecycle.Runway { return r.Plan.RunwayAfter(r.Done) }

// looked tells whether every table was looked at: only then its runway is known.
func looked(results []lifecycle.Result) bool {
	for _, r := range results {
		if r.Plan.At.IsZero() {
			return false
		}
	}
	return true
}
