package goosecli

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// impatient is a locker that is waited for in vain once at most: goose's window and creation after it would each wait.
type impatient struct {
	inner   lock.Locker
	refused *atomic.Bool
}

func newImpatient(inner lock.Locker) lock.Locker { return impatient{inner, new(atomic.Bool)} }

func (i impatient) Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (lock.Lease, error) {
	if i.refused.Load() {
		wait = 0
	}
	lease, err := i.inner.Lock(ctx, conn, wait)
	var busy *lock.BusyError
	if errors.As(err, &busy) {
		i.refused.Store(true)
	}
	return lease, err
}
