package executor

import (
	"context"
	"errors"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Several pods begin at once and find the same due. One of them works; what the others have to say about it is one line of the log,
// however many tables and operations it is about.

// elsewhere is a table that another run works on, and the error that says so.
type elsewhere struct {
	*table
	err error
}

// another reports whether another run has what a run beside a migrator need not wait for.
func (r *run) another(err error) bool {
	return r.SkipBusyRetirement && errors.As(err, new(*lock.BusyError))
}

// leaveTo leaves tables to the run that works on them. They are planned again: what it has made in the meantime is not missed any
// more, and what it has not is a failure only where inserts would fail without it.
func (r *run) leaveTo(ctx context.Context, others []elsewhere) error {
	if len(others) == 0 {
		return nil
	}
	r.Log.InfoContext(ctx, "another run is at work", "tables", len(others), "because", others[0].err)
	var tables []*table
	for _, o := range others {
		tables = append(tables, o.table)
	}
	if err := r.plan(ctx, r.lead, tables); err != nil {
		return r.lead.check(ctx, err)
	}
	for _, o := range others {
		if o.dueIn(false) && !r.maySkipCreation(o.table) {
			o.stop(r, o.err)
			continue
		}
		o.skipRest(r, &SkipError{Reason: "another run works on the table, and " + whatIsDue(o.table) + " can wait", Cause: o.err})
	}
	return nil
}

// postpone leaves what is due of the tables to a later run, and says so.
func (r *run) postpone(ctx context.Context, tables []*table, err error) {
	what := whatIsDue(tables...)
	r.Log.InfoContext(ctx, "skip "+what, "tables", len(tables), "because", err)
	for _, t := range tables {
		t.putOff(r, what, err)
	}
}

// putOff skips what is due of a table while another session has the migrator's lock.
func (t *table) putOff(r *run, what string, err error) {
	t.skipRest(r, &SkipError{Reason: "another session has the migrator's lock, and " + what + " can wait", Cause: err})
}

func whatIsDue(tables ...*table) string {
	if slices.ContainsFunc(tables, func(t *table) bool { return t.dueIn(false) }) {
		return "creation and retirement"
	}
	return "retirement"
}
