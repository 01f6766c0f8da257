package lock

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// strayPause is how long a server process that keeps a lock of ours may be in use by others before it is looked at again.
const strayPause = 20 * time.Millisecond

// reclaim gives back what was taken on a server process that the connection does not reach any more. It unlocks where the
// connection happens to come back to it; else it ends the process, but only while that does nothing and holds a lock of
// ours. What it gives is the number of a process that keeps a lock, because we may not end it, may not see what it does, or it
// is never idle; 0: none.
func (h *held) reclaim(ctx context.Context) (left int) {
	if h.pid == 0 || len(h.slots) == 0 {
		return 0
	}
	err := lineOf(h.conn, func(l line) error {
		for {
			keeps, err := l.ask(ctx, h.strays())
			if err != nil || keeps[0] == "0" {
				return err
			}
			if keeps[1] == "0" {
				return errHidden
			}
			for _, s := range h.slots {
				_ = l.tell(ctx, "select "+s.call("pg_advisory_unlock")+" where "+h.isProcess("pg_catalog.pg_backend_pid()"))
			}
			if err := l.tell(ctx, h.terminate()); err != nil {
				return err // 42501: it belongs to another role
			}
			if !wait.For(ctx, strayPause) {
				return ctx.Err()
			}
		}
	})
	if err != nil {
		return h.pid
	}
	return 0
}

// errHidden says that the server does not show this role what the process does, so that it cannot be ended while idle.
var errHidden = errors.New("the state of the server process is hidden")

// strays counts the slots that the process still holds, and those of them whose process shows its state to this role. What is
// hidden stays hidden: looking again would only wait.
func (h *held) strays() string {
	return "select pg_catalog.count(*), pg_catalog.count(a.state) from pg_catalog.pg_locks l " +
		"left join pg_catalog.pg_stat_activity a on a.pid operator(pg_catalog.=) l.pid where " + h.kept()
}

func (h *held) terminate() string {
	return "select pg_catalog.pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity a where " + h.isProcess("a.pid") +
		" and a.state operator(pg_catalog.=) 'idle' and exists (select from pg_catalog.pg_locks l where " + h.kept() + ")"
}

// kept finds the slots among the rows of pg_locks, as held by the process.
func (h *held) kept() string {
	return ours + " and " + h.isProcess("l.pid") + " and " + anyOf(h.slots)
}

func (h *held) isProcess(pid string) string {
	return pid + " operator(pg_catalog.=) " + strconv.Itoa(h.pid)
}
