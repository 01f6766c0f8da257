package executor

import (
	"context"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// waitingError says that a step was not begun, because older transactions would not let it end in time.
type waitingError struct{ limit time.Duration }

func (e *waitingError) Error() string {
	return fmt.Sprintf("not begun: a transaction that is in its way is older than %s, and would leave the detach pending", e.limit)
}

// sightings are transactions whose age the server hides from most roles. One that was there at the first look may be of any age;
// one that came later is no older than since then.
type sightings struct {
	first time.Time
	since map[string]time.Time // zero: it was there at the first look
}

// look remembers who is there now, and forgets who is not.
func (s *sightings) look(blockers []Blocker, now time.Time) {
	since := map[string]time.Time{}
	for _, b := range blockers {
		came := now
		if s.first.IsZero() {
			came = time.Time{}
		}
		if before, known := s.since[b.transaction]; known {
			came = before
		}
		since[b.transaction] = came
	}
	s.since = since
	if s.first.IsZero() {
		s.first = now
	}
}

// old reports whether a transaction is, or may be, older than the limit.
func (s *sightings) old(b Blocker, limit time.Duration, now time.Time) bool {
	if !b.hidden {
		return b.Transaction > limit
	}
	since := s.since[b.transaction]
	return since.IsZero() || now.Sub(since) > limit
}

// clear looks whether a step that waits for others' transactions would have to wait for longer than its limit: then it is not
// begun. They are looked for on the table, on the partition and on what foreign keys connect with them; before a FINALIZE,
// which waits for every older snapshot, in the whole database.
func (r *run) clear(ctx context.Context, s *worker, t *table, step lifecycle.Step, limits lifecycle.Limits) error {
	blockers, err := findBlockers(ctx, s.Conn(), step.Operations)
	if err != nil {
		return err
	}
	now, limit := time.Now(), step.LockLimit(limits)
	t.users.look(blockers, now)
	for _, b := range blockers {
		if t.users.old(b, limit, now) {
			return &waitingError{limit}
		}
	}
	return nil
}
