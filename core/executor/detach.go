package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// pendingError says that a concurrent detach was interrupted.
type pendingError struct{ cause error }

func (e *pendingError) Error() string { return "the detach was interrupted: " + e.cause.Error() }
func (e *pendingError) Unwrap() error { return e.cause }

// detachOutside runs DETACH CONCURRENTLY. After its first transaction it waits for everybody who uses the parent; one that
// gives up there leaves the partition pending. So it is not begun while somebody would make it wait too long, and afterwards
// the catalog tells what it did: it goes by name, and a name may have become another's while it waited.
func (r *run) detachOutside(ctx context.Context, s *worker, t *table, step lifecycle.Step, limits lifecycle.Limits, o *outcome) error {
	if err := r.clear(ctx, s, t, step, limits); err != nil {
		return err
	}
	o.attempts, o.sent = o.attempts+1, time.Now()
	err := s.outside(ctx, step, limits, func(send func() error) error { return r.watched(ctx, s, step, limits, send) })
	if s.Lost() != nil || err != nil && verdictOf(err) == lost {
		return err
	}
	for _, op := range step.Operations {
		state, asked := stateOfPartition(ctx, s.Conn(), op)
		if asked != nil {
			return errors.Join(err, asked)
		}
		if state == attachedState || state == pendingState && err == nil { // what was done was done to another one
			return errors.Join(r.putBack(ctx, s, t, step, op, err == nil), err)
		}
		if state == pendingState {
			return &pendingError{cause: err}
		}
	}
	return nil // also where the server had finished when it failed
}

// What a partition is to its parent, as the catalog has it now.
const (
	attachedState = "attached"
	pendingState  = "pending"
	markedState   = "marked" // not attached, with a marker
	loneState     = "lone"   // not attached, without one
	goneState     = "gone"
)

// stateOfPartition asks by OID, so that a table of the same name is not mistaken for it.
func stateOfPartition(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) (string, error) {
	const query = `select case when i.inhdetachpending then 'pending' when c.relispartition then 'attached'
  when pg_catalog.starts_with(pg_catalog.obj_description(c.oid, 'pg_class'), 'pg-partsmith:orphan-parent=') then 'marked' else 'lone' end
from pg_catalog.pg_class c left join pg_catalog.pg_inherits i on i.inhrelid operator(pg_catalog.=) c.oid and c.relispartition
where c.oid operator(pg_catalog.=) $1::pg_catalog.int8::pg_catalog.oid`
	var state string
	err := conn.QueryRowContext(ctx, query, int64(op.OID)).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return goneState, nil
	}
	if err != nil {
		return "", fmt.Errorf("look at %s: %w", op.Partition, err)
	}
	return state, nil
}

// finish finalizes, in the same run, the detach that an interrupted step left pending: planned afresh, so that the marker is too.
func (r *run) finish(ctx context.Context, s *worker, t *table, step lifecycle.Step, o outcome) {
	op := step.Operations[0]
	finalize, err := r.finalization(ctx, s, t, op)
	if err == nil {
		r.settle(ctx, s, t, finalize, r.try(ctx, s, t, finalize))
		err = t.errorOf(finalize.Operations[0])
	}
	if err != nil {
		t.pends[op.ParentOID] = true
		r.fail(ctx, t, op, o, o.site(t, op, err).because(DetachPending))
		return
	}
	r.complete(ctx, t, op, o)
}

// finalization is the step that finalizes a partition, of a plan made now.
func (r *run) finalization(ctx context.Context, s *worker, t *table, op lifecycle.Operation) (lifecycle.Step, error) {
	if err := ctx.Err(); err != nil {
		return lifecycle.Step{}, err
	}
	reading, err := r.read(ctx, s.Conn(), []lifecycle.Task{t.task}, r.at)
	if err != nil {
		return lifecycle.Step{}, fmt.Errorf("plan: %w", err)
	}
	for _, step := range reading.Tables[0].Plan.Steps {
		for _, candidate := range step.Operations {
			if candidate.Kind == lifecycle.Finalize && candidate.OID == op.OID {
				return step, nil
			}
		}
	}
	return lifecycle.Step{}, errors.New("a new plan does not finalize it")
}
