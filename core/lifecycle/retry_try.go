package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// outcome is what became of a step after all tries.
type outcome struct {
	verdict  verdict
	err      error // nil: it is done
	attempts int   // how often it was begun
	sent     time.Time
	took     time.Duration
	blockers []Blocker
}

// try runs a step until it is done, its time is over, or the server has said something else than to come back later.
// In retirement the migrator's lock is held for each try and free in the pauses.
func (r *run) try(ctx context.Context, s *session, t *table, step Step) outcome {
	var o outcome
	var p pauses
	began := time.Now()
	for {
		o.err = r.attempt(ctx, s, t, step, &o)
		o.took = time.Since(began)
		if o.err == nil {
			return o
		}
		o.verdict = r.judge(ctx, s, step, o)
		if o.verdict != again {
			return o
		}
		o.blocked(ctx, s, t.concerned(step))
		r.Log.DebugContext(ctx, "try again", "step", t.nameOf(step), "attempts", o.attempts, "because", o.err)
		left := r.patience(began)
		if left <= 0 {
			return o
		}
		if s.since = (time.Time{}); !sleep(ctx, min(left, p.pause())) {
			o.verdict = ended
			return o
		}
	}
}

// judge says what to do after a try that failed.
func (r *run) judge(ctx context.Context, s *session, step Step, o outcome) verdict {
	v := judge(ctx, o.err, time.Since(o.sent), r.statementLimit(step))
	switch {
	case s.lost != nil:
		return lost
	case ctx.Err() != nil && (v == busy || v == again || o.attempts == 0):
		return ended
	}
	return v
}

// blocked remembers who is in the way. Nobody may be seen any more when the last try has failed.
func (o *outcome) blocked(ctx context.Context, s *session, ops []Operation) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	if found, err := findBlockers(ctx, s.conn, ops); err == nil && len(found) > 0 {
		o.blockers = found
	}
}

// patience is how much of a step's time is left.
func (r *run) patience(began time.Time) time.Duration {
	left := r.RetryFor - time.Since(began)
	if r.MaxTime > 0 {
		left = min(left, r.MaxTime-time.Since(r.began))
	}
	return left
}

// expired tells whether the time for the run is over.
func (r *run) expired() bool { return r.MaxTime > 0 && time.Since(r.began) >= r.MaxTime }

// statementLimit is the statement_timeout of a step, 0 where it has none.
func (r *run) statementLimit(step Step) time.Duration {
	if step.Patient {
		return 0
	}
	return r.Limits.Statement
}

// attempt begins a step once, under the locks that it needs.
func (r *run) attempt(ctx context.Context, s *session, t *table, step Step, o *outcome) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	lease := s.held
	if lease == nil {
		r.breathe(ctx, s)
		began := time.Now()
		var err error
		lease, err = r.lease(ctx, s.conn, step.Retires)
		t.wait += time.Since(began)
		if err != nil {
			return err
		}
		defer s.release(ctx, r, lease)
	}
	ctx, done := grace(ctx)
	defer done()
	if err := alive(ctx, lease, t.key); err != nil {
		return err
	}
	if step.Outside {
		return r.detachOutside(ctx, s, step, o)
	}
	o.attempts, o.sent = o.attempts+1, time.Now()
	return s.transaction(ctx, step.SQL(r.Limits))
}

// alive makes sure of both locks before anything is changed.
func alive(ctx context.Context, migrators, tables lock.Lease) error {
	if err := migrators.Alive(ctx); err != nil {
		return fmt.Errorf("make sure of the migrator's lock: %w", err)
	}
	if err := tables.Alive(ctx); err != nil {
		return fmt.Errorf("make sure of the table's key: %w", err)
	}
	return nil
}

// Retirement that takes the lock again at once would leave others, who ask for it a few times a second, hardly a chance.
const (
	stretch = time.Second            // how long retirement goes on so
	breath  = 350 * time.Millisecond // how long it then leaves the lock alone
)

// breathe leaves the migrator's lock to others now and then.
func (r *run) breathe(ctx context.Context, s *session) {
	if _, none := r.Locker.(lock.None); none || r.Held != nil {
		return
	}
	if !s.since.IsZero() && time.Since(s.since) > stretch {
		sleep(ctx, breath)
		s.since = time.Time{}
	}
	if s.since.IsZero() {
		s.since = time.Now()
	}
}

// nameOf names a step in logs by what it does.
func (t *table) nameOf(step Step) string {
	for _, op := range t.concerned(step) {
		return op.ID
	}
	return "tidy up " + t.plan.Table.String()
}
