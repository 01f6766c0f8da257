package lifecycle

import "errors"

// OK tells whether everything that the policy wants is done, as far as it was due. What was skipped on request or vetoed by a
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
		if f.Severity == Error {
			errs = append(errs, f.Err(r.Plan.Table))
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
				c.add(d.Operation.Kind)
			}
		}
	}
	return c
}

func (c *Counts) add(kind Kind) {
	switch kind {
	case Create:
		c.Created++
	case Attach:
		c.Attached++
	case Finalize:
		c.Finalized++
	case Detach:
		c.Detached++
	case Drop:
		c.Dropped++
	case Unmark:
		c.Unmarked++
	}
}
