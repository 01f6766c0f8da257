package lifecycle

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"
)

// waitingError says that a step was not begun, because older transactions would not let it end in time.
type waitingError struct{}

func (*waitingError) Error() string {
	return "not begun: a transaction that uses the table is older than the lock limit, and would leave the detach pending"
}

// pendingError says that a concurrent detach was interrupted.
type pendingError struct{ cause error }

func (e *pendingError) Error() string { return "the detach was interrupted: " + e.cause.Error() }
func (e *pendingError) Unwrap() error { return e.cause }

// detachOutside runs DETACH CONCURRENTLY. After its first transaction it waits for everybody who uses the parent; one that
// gives up there leaves the partition pending. So it is not begun while somebody would make it wait too long, and when it has
// failed, the catalog tells what it left.
func (r *run) detachOutside(ctx context.Context, s *session, step Step, o *outcome) error {
	for _, op := range step.Operations {
		if err := r.clear(ctx, s, op.ParentOID); err != nil {
			return err
		}
	}
	o.attempts, o.sent = o.attempts+1, time.Now()
	err := s.outside(ctx, step, r.Limits)
	if err == nil || s.lost != nil || verdictOf(err) == lost {
		return err
	}
	for _, op := range step.Operations {
		state, asked := stateOfPartition(ctx, s.conn, op)
		switch {
		case asked != nil:
			return asked
		case state == pendingState:
			return &pendingError{cause: err}
		case state == attachedState:
			return err
		}
	}
	return nil // the server had finished when it failed
}

//go:embed blockers_older.sql
var olderSQL string

// clear tells whether a transaction older than the lock limit uses the table. The age of others' transactions is hidden from
// most roles; one that is still there after the limit is older than it.
func (r *run) clear(ctx context.Context, s *session, parent uint32) error {
	old, hidden, err := users(ctx, s.conn, parent, r.Limits.Lock)
	if err != nil || old {
		return waiting(err)
	}
	if len(hidden) == 0 {
		return nil
	}
	if !sleep(ctx, r.Limits.Lock) {
		return ctx.Err()
	}
	_, still, err := users(ctx, s.conn, parent, r.Limits.Lock)
	for transaction := range still {
		if hidden[transaction] {
			return waiting(err)
		}
	}
	return err
}

func waiting(err error) error {
	if err != nil {
		return err
	}
	return &waitingError{}
}

// users tells whether a transaction known to be older than a limit uses the table, and which ones may be.
func users(ctx context.Context, conn *sql.Conn, parent uint32, limit time.Duration) (old bool, hidden map[string]bool, err error) {
	rows, err := conn.QueryContext(ctx, olderSQL, int64(parent))
	if err != nil {
		return false, nil, fmt.Errorf("look who uses the table: %w", err)
	}
	defer rows.Close()
	hidden = map[string]bool{}
	for rows.Next() {
		var transaction string
		var age sql.NullFloat64
		if err := rows.Scan(&transaction, &age); err != nil {
			return false, nil, fmt.Errorf("look who uses the table: %w", err)
		}
		if !age.Valid {
			hidden[transaction] = true
		}
		old = old || age.Valid && seconds(age.Float64) > limit
	}
	return old, hidden, rows.Err()
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
func stateOfPartition(ctx context.Context, conn *sql.Conn, op Operation) (string, error) {
	const query = `select case when i.inhdetachpending then 'pending' when c.relispartition then 'attached'
  when pg_catalog.obj_description(c.oid, 'pg_class') like 'pg-partsmith:orphan-parent=%' then 'marked' else 'lone' end
from pg_catalog.pg_class c left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition
where c.oid = $1::bigint::oid`
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
func (r *run) finish(ctx context.Context, s *session, t *table, step Step, o outcome) {
	op := step.Operations[0]
	finalize, err := r.finalization(ctx, s, t, op)
	if err == nil {
		r.settle(ctx, s, t, finalize, r.try(ctx, s, t, finalize))
		err = t.errorOf(finalize.Operations[0])
	}
	if err != nil {
		t.pends[op.ParentOID] = true
		r.fail(ctx, t, op, o, &DetachPendingError{o.site(t, op, err)})
		return
	}
	r.complete(ctx, t, op, o)
}

// finalization is the step that finalizes a partition, of a plan made now.
func (r *run) finalization(ctx context.Context, s *session, t *table, op Operation) (Step, error) {
	if err := ctx.Err(); err != nil {
		return Step{}, err
	}
	reading, err := r.read(ctx, s.conn, []Task{t.task}, r.at)
	if err != nil {
		return Step{}, fmt.Errorf("plan: %w", err)
	}
	for _, step := range reading.Plans[0].Steps {
		for _, candidate := range step.Operations {
			if candidate.Kind == Finalize && candidate.OID == op.OID {
				return step, nil
			}
		}
	}
	return Step{}, errors.New("a new plan does not finalize it")
}
