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

func (t timed) Lock(ctx context.Context, conn *sql.Conn) (lock.Lease, error) {
	if s, ok := ctx.Value(stopwatchKey{}).(*stopwatch); ok {
		began := time.Now()
		defer func() { s.nanoseconds.Add(int64(time.Since(began))) }()
	}
	return t.inner.Lock(ctx, conn)
}

// Within is the same locker with no more patience than d, where it knows patience: retirement does not wait long.
func (t timed) Within(d time.Duration) lock.Locker {
	if patient, ok := t.inner.(interface {
		Within(time.Duration) lock.Locker
	}); ok {
		t.inner = patient.Within(d)
	}
	return t
}

// Unwrap is the locker whose waits are counted.
func (t timed) Unwrap() lock.Locker { return t.inner }
