package lock

import (
	"context"
	"database/sql"
	"time"
)

// Locker takes the migrator's lock on one session. An implementation keeps no state between two acquisitions.
type Locker interface {
	// Lock waits, by polling, until the session holds the lock, and gives up with a BusyError when the wait is over or ctx ends;
	// with a wait of zero it tries once.
	Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (Lease, error)
}

// Lease is a lock that is held.
type Lease interface {
	// Alive is nil while the lock is certainly held.
	Alive(ctx context.Context) error
	// Release gives the lock back. It works on a detached, bounded context, so ctx may be cancelled already; where the
	// unlock itself fails, the session is closed for good.
	Release(ctx context.Context) error
}
