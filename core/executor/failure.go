package executor

import (
	"context"
	"errors"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// site is where an operation failed.
func (o outcome) site(t *table, op lifecycle.Operation, cause error) Site {
	return Site{Table: t.plan.Table, Partition: op.Partition, Kind: op.Kind, SQLState: stateOf(cause), Attempts: o.attempts, Cause: cause}
}

// failure is the typed error for an operation that will not be done in this run.
func (r *run) failure(ctx context.Context, s *session, t *table, op lifecycle.Operation, o outcome) error {
	site := o.site(t, op, o.err)
	if stray := (*StrayError)(nil); errors.As(o.err, &stray) {
		stray.Attempts = o.attempts
		return stray
	}
	switch o.verdict {
	case again:
		err := &RetriesError{Site: site, Blockers: o.blockers, Stall: o.stall, Longest: o.longest}
		if op.Kind == lifecycle.Finalize {
			return &DetachPendingError{o.site(t, op, err)}
		}
		return err
	case lost:
		return lostAt(site)
	case changed:
		return changedAs(ctx, s, op, site)
	case answer:
		return answered(op, site)
	}
	return &OperationError{site}
}

// lostAt names the operation that was under way when the session ended.
func lostAt(site Site) error {
	if session := (*LostSessionError)(nil); errors.As(site.Cause, &session) {
		site.Cause = session.Cause
	}
	return &LostSessionError{site}
}

// answered gives the server's last word its type.
func answered(op lifecycle.Operation, site Site) error {
	leaves := op.Kind == lifecycle.Detach || op.Kind == lifecycle.Finalize || op.Kind == lifecycle.Drop
	switch {
	case leaves && (site.SQLState == "23503" || site.SQLState == "2BP01"):
		return &ReferencedError{site}
	case site.SQLState == "42501":
		return &RightsError{site}
	case site.SQLState == "23514":
		return &RowsError{site}
	}
	return &OperationError{site}
}

// changedAs says what it is that changed. Of a drop the catalog tells more than the error does.
func changedAs(ctx context.Context, s *session, op lifecycle.Operation, site Site) error {
	switch {
	case site.SQLState == "42P07":
		return &NameTakenError{site}
	case site.SQLState == "55000" && op.Kind == lifecycle.Detach:
		return &DetachPendingError{site}
	case op.Kind != lifecycle.Drop:
		return &ChangedError{site}
	}
	switch state, _ := stateOfPartition(ctx, s.conn, op); state {
	case attachedState, pendingState:
		return &StillAttachedError{site}
	case loneState:
		return &NoMarkerError{site}
	}
	return &ChangedError{site}
}
