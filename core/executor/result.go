package executor

import (
	"errors"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Status is what became of an operation.
type Status string

// The statuses.
const (
	Completed Status = "done"
	Failed    Status = "failed"
	Skipped   Status = "skipped" // not tried: Err says why
	Vetoed    Status = "vetoed"  // a hook said ErrNotYet
)

// Done is one operation and what became of it.
type Done struct {
	Operation lifecycle.Operation
	Status    Status
	Attempts  int
	Took      time.Duration
	Err       error
}

// Result is what a run did for one table. It is valid also when the run failed or was cancelled.
type Result struct {
	Task     lifecycle.Task // as it was given
	Plan     lifecycle.Plan // the plan that was carried out; after a run that met changes, the last one
	Done     []Done
	LockWait time.Duration // for the migrator's lock and the table's
	Took     time.Duration
	Failure  error // what stopped the table as a whole: a busy lock, a lost session, a cancelled context
}

// Runway is what the run left, going by what it did.
func (r Result) Runway() lifecycle.Runway {
	finished := map[string]bool{}
	for _, d := range r.Done {
		finished[d.Operation.ID] = d.Status == Completed
	}
	return r.Plan.RunwayWith(func(op lifecycle.Operation) bool { return finished[op.ID] })
}

// OK reports whether everything that the policy wants is done, as far as it was due. What was skipped on request or vetoed by a
// hook does not count against it, nor do findings below Error.
func (r Result) OK() bool { return r.Err() == nil }

// Err joins what went wrong: what stopped the table, the operations that failed, and the plan's findings of severity Error.
// errors.As finds each by its type.
func (r Result) Err() error {
	errs := []error{r.Failure}
	for _, d := range r.Done {
		if d.Status == Failed || d.Status == Completed {
			errs = append(errs, d.Err) // of what is completed: a hook that panicked afterwards
		}
	}
	for _, f := range r.Plan.Findings {
		if f.Severity == lifecycle.Error {
			errs = append(errs, Refusal(r.Plan.Table, f))
		}
	}
	return errors.Join(errs...)
}

// Counts says how many operations of each kind were completed.
type Counts struct {
	Created, Attached, Finalized, Detached, Dropped, Unmarked int
}

// Count adds up what was completed in all results.
func Count(results ...Result) Counts {
	var c Counts
	for _, r := range results {
		for _, d := range r.Done {
			if d.Status == Completed {
				*c.of(d.Operation.Kind)++
			}
		}
	}
	return c
}

// of is the counter of a kind; of one that is not known, none that anybody sees.
func (c *Counts) of(kind lifecycle.Kind) *int {
	counters := map[lifecycle.Kind]*int{lifecycle.Create: &c.Created, lifecycle.Attach: &c.Attached, lifecycle.Finalize: &c.Finalized,
		lifecycle.Detach: &c.Detached, lifecycle.Drop: &c.Dropped, lifecycle.Unmark: &c.Unmarked}
	if counter, known := counters[kind]; known {
		return counter
	}
	return new(int)
}
