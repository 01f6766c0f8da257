package executor

import (
	"context"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// waitingError says that a step was not begun, because older transactions would not let it end in time.
type waitingError struct{ limit time.Duration }

func (e *waitingError) Error() string {
	return fmt.Sprintf("not begun: a transaction that is in its way is older than %s, and would leave the detach pending", e.limit)
}

// clear looks whether a step that waits for others' transactions would have to wait for longer than its limit: then it is not
// begun. They are looked for on the table, on the partition and on what foreign keys connect with them; before a FINALIZE,
// which waits for every older snapshot, in the whole database.
func (r *run) clear(ctx context.Context, s *worker, t *table, step lifecycle.Step, limits lifecycle.Limits) error {
	blockers, err := blocker.Find(ctx, s.Conn(), step.Operations)
	if err != nil {
		return err
	}
	now, limit := time.Now(), step.LockLimit(limits)
	t.users.Look(blockers, now)
	for _, b := range blockers {
		if t.users.Old(b, limit, now) {
			return &waitingError{limit}
		}
	}
	return nil
}
