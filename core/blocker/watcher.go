package blocker

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// A concurrent detach and a FINALIZE wait for a long time for those who use the table, behind whose back they do it. But where
// the table has foreign keys, they end with a lock on each table that these reference, and whose writers do queue behind that.
// No setting of the session tells the one wait from the other: so a second session looks on, and cancels the statement if it is
// the other one.

// Watcher is that second session. The limit is how long others may queue.
type Watcher struct {
	Conn  *sql.Conn
	Limit time.Duration
}

const watchPause = 40 * time.Millisecond

// queuedSQL cancels the statement of a session that has been waiting for longer than a limit for a lock on a relation that is
// not among its own. pg_locks.waitstart exists from PostgreSQL 14 on.
const queuedSQL = `select pg_catalog.pg_cancel_backend(l.pid) from pg_catalog.pg_locks l
where l.pid operator(pg_catalog.=) $1::pg_catalog.int4 and not l.granted and l.locktype operator(pg_catalog.=) 'relation'
  and l.relation operator(pg_catalog.<>) all ($2::pg_catalog.oid[])
  and l.waitstart operator(pg_catalog.<) (pg_catalog.clock_timestamp() operator(pg_catalog.-) $3::pg_catalog.interval)
limit 1`

// QueuedError says that a statement was cancelled because others queued behind it.
type QueuedError struct{ Cause error }

func (e *QueuedError) Error() string {
	return "others queued behind it for longer than the limit: " + e.Cause.Error()
}

// Unwrap gives the server's error.
func (e *QueuedError) Unwrap() error { return e.Cause }

// During looks on while the server process with that number runs a statement for some operations. It is a QueuedError where the
// statement was cancelled for others' sake, else what run gives.
func (w Watcher) During(ctx context.Context, pid int, ops []lifecycle.Operation, run func() error) error {
	own := make([]string, 0, 2)
	for _, op := range ops {
		own = append(own, fmt.Sprint(op.OID), fmt.Sprint(op.ParentOID))
	}
	done, cancelled := make(chan struct{}), make(chan bool, 1)
	go func() { cancelled <- w.look(ctx, done, pid, own) }()
	err := run()
	close(done)
	if <-cancelled && sqlstate.Of(err) == "57014" {
		return &QueuedError{err}
	}
	return err
}

// look asks again and again, and reports whether it has cancelled anything.
func (w Watcher) look(ctx context.Context, done <-chan struct{}, pid int, own []string) (cancelled bool) {
	ticker := time.NewTicker(watchPause)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return cancelled
		case <-ticker.C:
		}
		var hit bool
		err := w.Conn.QueryRowContext(ctx, queuedSQL, pid, "{"+strings.Join(own, ",")+"}", ddl.Millis(w.Limit)).Scan(&hit)
		cancelled = cancelled || err == nil && hit
	}
}
