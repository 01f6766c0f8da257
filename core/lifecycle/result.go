package lifecycle

import (
	"time"
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
	Operation Operation
	Status    Status
	Attempts  int
	Took      time.Duration
	Err       error
}

// Result is what a run did for one table. It is valid also when the run failed or was cancelled.
type Result struct {
	Plan     Plan // the plan that was carried out; after a run that met changes, the last one
	Done     []Done
	LockWait time.Duration // for the migrator's lock and the table's
	Took     time.Duration
	Failure  error // what stopped the table as a whole: a busy lock, a lost session, a cancelled context
}
