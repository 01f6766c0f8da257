package exit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/gooseext/goosecli"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

type own struct{}

func (own) Error() string { return "of the command's own" }

func TestCode(t *testing.T) {
	t.Parallel()
	busy := &lock.BusyError{Key: 1}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exit.Done},
		{errors.New("whatever"), exit.NotAttempted},
		{fmt.Errorf("run: %w", exit.Usagef("--at: %q", "x")), exit.Usage},
		{errors.Join(busy, &exit.Error{Code: exit.Pending}), exit.Pending},
		{fmt.Errorf("lock: %w", busy), exit.Busy},
		{&plugin.IncompleteError{Results: []executor.Result{{Failure: busy}}}, exit.Unfinished},
		{&lock.SchemeError{}, exit.Usage},
		{&planner.DuplicateTableError{}, exit.Usage},
		{errors.Join(busy, own{}), exit.Refused},
	} {
		if got := exit.Code(c.err, exit.For[own](exit.Refused)); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// What a program with Go migrations ends with is what the command ends with.
func TestCodesOfGoose(t *testing.T) {
	t.Parallel()
	theirs := []int{goosecli.Done, goosecli.Failed, goosecli.Misused, goosecli.Busy, goosecli.Incomplete, goosecli.Unreached}
	ours := []int{exit.Done, exit.NotAttempted, exit.Usage, exit.Busy, exit.Unfinished, exit.Unreached}
	if fmt.Sprint(theirs) != fmt.Sprint(ours) {
		t.Errorf("%v, want %v", theirs, ours)
	}
}
