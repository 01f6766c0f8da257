package wire

import (
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// ResultDocument is what `apply --format json` prints.
type ResultDocument struct {
	Version    int           `json:"version"`
	At         *string       `json:"at"`
	Outcome    string        `json:"outcome"`
	Tables     []ResultTable `json:"tables"`
	Counts     Counts        `json:"counts"`
	DurationMS int64         `json:"duration_ms"`
	Error      *string       `json:"error"`
}

// ResultTable is a table and what was done for it.
type ResultTable struct {
	Table  *string `json:"table"`
	Cursor *string `json:"cursor"`
	Zone
	Operations []DoneOperation `json:"operations"`
	Findings   []Finding       `json:"findings"`
	Counts     Counts          `json:"counts"`
	DurationMS int64           `json:"duration_ms"`
	LockWaitMS int64           `json:"lock_wait_ms"`
	Error      *string         `json:"error"`
}

// DoneOperation is an operation and what became of it.
type DoneOperation struct {
	Operation
	Status     string  `json:"status"`
	Attempts   int     `json:"attempts"`
	DurationMS int64   `json:"duration_ms"`
	Error      *string `json:"error"`
}

// Counts says how many operations were completed.
type Counts struct {
	Created   int `json:"created"`
	Attached  int `json:"attached"`
	Finalized int `json:"finalized"`
	Detached  int `json:"detached"`
	Dropped   int `json:"dropped"`
	Unmarked  int `json:"unmarked"`
}

// Result is the document for a run. at is the run's clock, zero where it never came to have one.
func Result(results []executor.Result, outcome verdict.Outcome, at time.Time, took time.Duration, err error) ResultDocument {
	d := ResultDocument{Version: version, At: instant(at), Outcome: string(outcome), Tables: []ResultTable{},
		Counts: Counts(executor.Count(results...)), DurationMS: took.Milliseconds(), Error: errorText(err)}
	for _, r := range results {
		d.Tables = append(d.Tables, resultTable(r))
	}
	return d
}

func resultTable(r executor.Result) ResultTable {
	planned := planTable(r.Plan)
	t := ResultTable{Table: planned.Table, Cursor: planned.Cursor, Zone: planned.Zone, Operations: []DoneOperation{}, Findings: planned.Findings,
		Counts: Counts(executor.Count(r)), DurationMS: r.Took.Milliseconds(), LockWaitMS: r.LockWait.Milliseconds(), Error: errorText(r.Failure)}
	for _, d := range r.Done {
		t.Operations = append(t.Operations, doneOperation(r.Plan, d))
	}
	return t
}

// doneOperation takes step and SQL from the plan that was carried out last. An operation that only an earlier plan of the
// run had stands at step 0 with its own statements.
func doneOperation(p lifecycle.Plan, d executor.Done) DoneOperation {
	o := DoneOperation{Operation: planned(p, d.Operation), Status: string(d.Status), Attempts: d.Attempts,
		DurationMS: d.Took.Milliseconds(), Error: errorText(d.Err)}
	return o
}

func planned(p lifecycle.Plan, op lifecycle.Operation) Operation {
	for i, step := range p.Steps {
		for _, one := range step.Operations {
			if one.ID == op.ID {
				return operation(p, i, op)
			}
		}
	}
	o := operation(lifecycle.Plan{Steps: []lifecycle.Step{{}}}, 0, op)
	o.Step = 0
	return o
}
