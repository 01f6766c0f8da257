package executor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// verdict is what an error asks for.
type verdict int

const (
	answer  verdict = iota // the server's last word: nothing is tried again
	again                  // somebody was in the way: after a pause once more
	changed                // the catalog is not what was planned: read it again
	busy                   // another session has the migrator's lock
	pending                // a concurrent detach was interrupted, and must be finalized
	ended                  // the context is over
	lost                   // the session ended, and its locks with it
)

// unsentError says that a run was over before a try began.
type unsentError struct{ cause error }

func (e *unsentError) Error() string { return "not tried: " + e.cause.Error() }
func (e *unsentError) Unwrap() error { return e.cause }

// verdictOf judges an error by its SQLSTATE. One that no server said means that the connection failed.
func verdictOf(err error) verdict {
	if held := (*lock.BusyError)(nil); errors.As(err, &held) {
		return busy
	}
	if interrupted := (*pendingError)(nil); errors.As(err, &interrupted) {
		return pending // whatever interrupted it
	}
	if inTheWay := (*waitingError)(nil); errors.As(err, &inTheWay) {
		return again
	}
	if queued := (*blocker.QueuedError)(nil); errors.As(err, &queued) {
		return again
	}
	if unsent := (*unsentError)(nil); errors.As(err, &unsent) {
		return ended
	}
	if stray := (*StrayError)(nil); errors.As(err, &stray) {
		return answer
	}
	if session.Ended(err) {
		return lost
	}
	switch sqlstate.Of(err) {
	case "55P03", "40P01", "40001": // lock_not_available, deadlock_detected, serialization_failure
		return again
	case "42P07", "42809", "42P17", "42P01", "42704", "55000": // it is there already, is something else, overlaps, is gone, pends
		return changed
	case "22P02":
		if strings.Contains(err.Error(), "partsmith: ") { // a guard of ours
			return changed
		}
	}
	return answer
}

// judge is verdictOf for a statement of a run, knowing how the statement was run. 57014 is our own statement_timeout as well as somebody's cancel,
// and its message is localised: it is ours only if our time was over and nobody cancelled us.
func judge(ctx context.Context, err error, took, limit time.Duration) verdict {
	v := verdictOf(err)
	if v == answer && sqlstate.Of(err) == "57014" && limit > 0 && took >= limit && ctx.Err() == nil {
		return again
	}
	return v
}

// pauses are those between two tries: long enough that a writer who was kept waiting for the lock limit is let go for longer.
func pauses() wait.Pauses {
	return wait.Pauses{First: 250 * time.Millisecond, Last: 2 * time.Second}
}
