package verdict

import (
	"errors"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

func TestOf(t *testing.T) {
	t.Parallel()
	busy := &lock.BusyError{Key: 1}
	other := errors.New("the session is gone")
	done := executor.Result{Done: []executor.Done{{Status: executor.Completed}}}
	failed := executor.Result{Done: []executor.Done{{Status: executor.Failed, Err: other}}}
	skipped := executor.Result{Done: []executor.Done{{Status: executor.Skipped, Err: other}}}
	misfit := executor.Result{Plan: lifecycle.Plan{Findings: []lifecycle.Finding{{Code: "misfit", Severity: lifecycle.Error}}}}
	warned := executor.Result{Plan: lifecycle.Plan{Findings: []lifecycle.Finding{{Code: "zone_differs", Severity: lifecycle.Warning}}}}
	taken := executor.Result{Failure: busy}
	broken := executor.Result{Failure: other}
	for _, c := range []struct {
		name    string
		results []executor.Result
		err     error
		want    Outcome
		code    int
	}{
		{"nothing to do", []executor.Result{{}}, nil, OK, 0},
		{"done", []executor.Result{done, warned}, nil, OK, 0},
		{"left out on request", []executor.Result{skipped}, nil, OK, 0},
		{"one failed", []executor.Result{done, failed}, nil, Incomplete, 5},
		{"only failures", []executor.Result{failed}, nil, Incomplete, 5},
		{"cannot be done", []executor.Result{{}, misfit}, nil, Incomplete, 5},
		{"locked", []executor.Result{taken}, busy, Locked, 4},
		{"table locked", []executor.Result{{}, taken}, nil, Locked, 4},
		{"table locked, another done", []executor.Result{done, taken}, nil, Incomplete, 5},
		{"locked and broken", []executor.Result{taken, broken}, nil, Incomplete, 5},
		{"ended before anything", []executor.Result{broken}, other, Failed, 1},
		{"ended in the middle", []executor.Result{done, broken}, other, Incomplete, 5},
		{"never began", nil, other, Failed, 1},
	} {
		if got := Of(c.results, c.err); got != c.want || got.Code() != c.code {
			t.Errorf("%s: %s (%d), want %s (%d)", c.name, got, got.Code(), c.want, c.code)
		}
	}
}
