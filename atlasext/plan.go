package atlasext

import (
	"context"
	"time"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Plan is all that a run would do: first to the schema, then to partitions. It is data.
type Plan struct {
	At         time.Time
	Changes    []Change            // of the schema, in order
	Partitions []lifecycle.Plan    // one for each policy; for tables that Changes create, made from the desired table
	Guards     []*GuardError       // what stands in the way; as long as there is any, only due partitions of existing tables are made
	Hidden     []Hidden            // what inspection left out, and why
	Findings   []lifecycle.Finding // about the schema
}

// Due reports whether a run would change anything, or be refused.
func (p *Plan) Due() bool {
	return len(p.Changes)+len(p.Guards) > 0 || p.creates() || p.retires()
}

// Err is a RefusedError where a guard stands in the way.
func (p *Plan) Err() error {
	if len(p.Guards) == 0 {
		return nil
	}
	return &RefusedError{Guards: p.Guards}
}

func (p *Plan) creates() bool {
	for _, plan := range p.Partitions {
		if plan.Creation().Due() {
			return true
		}
	}
	return false
}

func (p *Plan) retires() bool {
	for _, plan := range p.Partitions {
		if plan.Retirement().Due() {
			return true
		}
	}
	return false
}

// plan is Runner.Plan.
func (r *run) plan(ctx context.Context) (*Plan, error) {
	if err := r.settle(); err != nil {
		return nil, err
	}
	leave, err := r.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return r.make(ctx)
}

// make looks once and plans everything.
func (r *run) make(ctx context.Context) (*Plan, error) {
	v, err := r.look(ctx)
	if err != nil {
		return nil, err
	}
	p := &Plan{Guards: v.guards, Hidden: v.driver.Hidden(), Findings: v.findings}
	if len(p.Guards) == 0 {
		if p.Changes, err = r.statements(ctx, v); err != nil {
			return nil, err
		}
		p.Findings = v.findings
	}
	return p, r.partitions(ctx, p, v)
}

// Report is what a run did. It is valid also beside an error.
type Report struct {
	Plan     *Plan             // the one that was carried out: under the lock, where a lock was taken
	Applied  []Change          // what became of the schema; of a transaction that was rolled back: nothing
	Attempts int               // at the transaction of the schema phase, 0: there was none
	Results  []executor.Result // one for each policy; none where the run did not come so far
	LockWait time.Duration     // for the lock of the schema phase
	Took     time.Duration
}
