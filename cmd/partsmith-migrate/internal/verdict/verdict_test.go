package verdict

import (
	"errors"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

func TestOf(t *testing.T) {
	t.Parallel()
	busy := &lock.BusyError{Key: 1}
	other := errors.New("the session is gone")
	done := lifecycle.Result{Done: []lifecycle.Done{{Status: lifecycle.Completed}}}
	failed := lifecycle.Result{Done: []lifecycle.Done{{Status: lifecycle.Failed, Err: other}}}
	skipped := lifecycle.Result{Done: []lifecycle.Done{{Status: lifecycle.Skipped, Err: other}}}
	misfit := lifecycle.Result{Plan: lifecycle.Plan{Findings: []lifecycle.Finding{{Code: "misfit", Severity: lifecycle.Error}}}}
	warned := lifecycle.Result{Plan: lifecycle.Plan{Findings: []lifecycle.Finding{{Code: "zone_differs", Severity: lifecycle.Warning}}}}
	taken := lifecycle.Result{Failure: busy}
	broken := lifecycle.Result{Failure: other}
	for _, c := range []struct {
		name    string
		results []lifecycle.Result
		err     error
		want    Outcome
		code    int
	}{
		{"nothing to do", []lifecycle.Result{{}}, nil, OK, 0},
		{"done", []lifecycle.Result{done, warned}, nil, OK, 0},
		{"left out on request", []lifecycle.Result{skipped}, nil, OK, 0},
		{"one failed", []lifecycle.Result{done, failed}, nil, Incomplete, 5},
		{"only failures", []lifecycle.Result{failed}, nil, Incomplete, 5},
		{"cannot be done", []lifecycle.Result{{}, misfit}, nil, Incomplete, 5},
		{"locked", []lifecycle.Result{taken}, busy, Locked, 4},
		{"table locked", []lifecycle.Result{{}, taken}, nil, Locked, 4},
		{"table locked, another done", []lifecycle.Result{done, taken}, nil, Incomplete, 5},
		{"locked and broken", []lifecycle.Result{taken, broken}, nil, Incomplete, 5},
		{"ended before anything", []lifecycle.Result{broken}, other, Failed, 1},
		{"ended in the middle", []lifecycle.Result{done, broken}, other, Incomplete, 5},
		{"never began", nil, other, Failed, 1},
	} {
		if got := Of(c.results, c.err); got != c.want || got.Code() != c.code {
			t.Errorf("%s: %s (%d), want %s (%d)", c.name, got, got.Code(), c.want, c.code)
		}
	}
}
