// Package verdict says in one word how a run ended, and with which exit code a command ends then.
//
//	results, err := executor.Run(ctx, conn, tasks, at)
//	outcome := verdict.Of(results, err)
//	os.Exit(outcome.Code())
package verdict

import (
	"errors"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes, as JSON names them.
const (
	OK         Outcome = "ok"
	Incomplete Outcome = "incomplete" // part of what is due was not done, or something that a policy wants cannot be
	Failed     Outcome = "failed"     // nothing could be attempted
	Locked     Outcome = "locked"     // nothing could be attempted, because another run or migrator has the lock
)

// Code is the exit code for the outcome of a strict run.
func (o Outcome) Code() int {
	switch o {
	case OK:
		return exit.Done
	case Incomplete:
		return exit.Unfinished
	case Locked:
		return exit.Busy
	}
	return exit.NotAttempted
}

// Of judges what executor.Executor.Run returned.
func Of(results []executor.Result, err error) Outcome {
	whole := true
	busy := isBusy(err)
	for _, r := range results {
		whole = whole && r.OK()
		busy = busy || isBusy(r.Failure)
	}
	switch {
	case err == nil && whole:
		return OK
	case attempted(results):
		return Incomplete
	case busy && onlyBusy(results, err):
		return Locked
	case err != nil:
		return Failed
	}
	return Incomplete
}

func attempted(results []executor.Result) bool {
	for _, r := range results {
		for _, d := range r.Done {
			if d.Status == executor.Completed || d.Status == executor.Failed {
				return true
			}
		}
	}
	return false
}

// onlyBusy reports whether a lock is all that stood in the way.
func onlyBusy(results []executor.Result, err error) bool {
	if err != nil && !isBusy(err) {
		return false
	}
	for _, r := range results {
		if r.Failure != nil && !isBusy(r.Failure) {
			return false
		}
	}
	return true
}

func isBusy(err error) bool {
	var busy *lock.BusyError
	return errors.As(err, &busy)
}
