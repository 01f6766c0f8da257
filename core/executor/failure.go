package executor

import (
	"context"
	"errors"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// site is where an operation failed.
func (o outcome) site(t *table, op lifecycle.Operation, cause error) OperationError {
	return OperationError{Table: t.plan.Table, Partition: op.Partition, Kind: op.Kind, SQLState: sqlstate.Of(cause), Attempts: o.attempts, Cause: cause}
}

// failure is the error for an operation that will not be done in this run.
func (r *run) failure(ctx context.Context, s *worker, t *table, op lifecycle.Operation, o outcome) error {
	site := o.site(t, op, o.err)
	if stray := (*StrayError)(nil); errors.As(o.err, &stray) {
		stray.Attempts = o.attempts
		return stray
	}
	switch o.verdict {
	case again:
		err := &RetriesError{OperationError: site, Blockers: o.blockers, Stall: o.stall, Longest: o.longest}
		if op.Kind == lifecycle.Finalize {
			return o.site(t, op, err).because(DetachPending)
		}
		return err
	case lost:
		return lostAt(site)
	case changed:
		return changedAs(ctx, s, op, site)
	case answer:
		return answered(op, site)
	}
	return &site
}

// lostAt names the operation that was under way when the session ended.
func lostAt(site OperationError) error {
	if ended := (*OperationError)(nil); errors.As(site.Cause, &ended) && ended.Reason == SessionLost {
		site.Cause = ended.Cause
	}
	return site.because(SessionLost)
}

// answered gives the server's last word its reason.
func answered(op lifecycle.Operation, site OperationError) error {
	leaves := op.Kind == lifecycle.Detach || op.Kind == lifecycle.Finalize || op.Kind == lifecycle.Drop
	switch {
	case leaves && (site.SQLState == "23503" || site.SQLState == "2BP01"):
		return site.because(Referenced)
	case site.SQLState == "42501":
		return site.because(RightLacking)
	case site.SQLState == "23514":
		return site.because(RowsUnfit)
	}
	return &site
}

// changedAs says what it is that changed. Of a drop the catalog tells more than the error does.
func changedAs(ctx context.Context, s *worker, op lifecycle.Operation, site OperationError) error {
	switch {
	case site.SQLState == "42P07":
		return site.because(NameTaken)
	case site.SQLState == "55000" && op.Kind == lifecycle.Detach:
		return site.because(DetachPending)
	case op.Kind != lifecycle.Drop:
		return site.because(Changed)
	}
	switch state, _ := stateOfPartition(ctx, s.Conn(), op); state {
	case attachedState, pendingState:
		return site.because(StillAttached)
	case loneState:
		return site.because(NoMarker)
	}
	return site.because(Changed)
}
