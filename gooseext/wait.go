package gooseext

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// A run hears how long its lock was waited for through its context: goose hands the caller's context to its locker, and the
// executor does the same.

type stopwatchKey struct{}

// stopwatch adds up what was waited, on several sessions at once if need be.
type stopwatch struct{ nanoseconds atomic.Int64 }

func withStopwatch(ctx context.Context) (context.Context, *stopwatch) {
	s := new(stopwatch)
	return context.WithValue(ctx, stopwatchKey{}, s), s
}

func (s *stopwatch) waited() time.Duration { return time.Duration(s.nanoseconds.Load()) }

// timed is a locker whose waits are counted.
type timed struct{ inner lock.Locker }

// timing counts the waits of a locker; one that takes no lock stays what it is.
func timing(l lock.Locker) lock.Locker {
	if lock.IsNone(l) {
		return l
	}
	return timed{l}
}

func (t timed) Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (lock.Lease, error) {
	if s, ok := ctx.Value(stopwatchKey{}).(*stopwatch); ok {
		began := time.Now()
		defer func() { s.nanoseconds.Add(int64(time.Since(began))) }()
	}
	return t.inner.Lock(ctx, conn, wait)
}
