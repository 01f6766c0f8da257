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

func (i impatient) Lock(ctx context.Context, conn *sql.Conn) (lock.Lease, error) {
	locker := i.inner
	if i.refused.Load() {
		locker = within(locker, 0)
	}
	lease, err := locker.Lock(ctx, conn)
	var busy *lock.BusyError
	if errors.As(err, &busy) {
		i.refused.Store(true)
	}
	return lease, err
}

// Within is the same locker with no more patience than d.
func (i impatient) Within(d time.Duration) lock.Locker {
	i.inner = within(i.inner, d)
	return i
}

func within(locker lock.Locker, d time.Duration) lock.Locker {
	if patient, ok := locker.(interface {
		Within(time.Duration) lock.Locker
	}); ok {
		return patient.Within(d)
	}
	return locker
}
