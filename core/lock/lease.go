package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// releaseTime bounds what is done after the end of a context: giving locks back, naming a holder.
const releaseTime = 5 * time.Second

// LostError says that a lock which was taken is not held any more, though the session lives.
type LostError struct{ Key Key }

func (e *LostError) Error() string {
	return fmt.Sprintf("advisory lock %d is not held any more", e.Key)
}

// PooledError says that statements of one connection reach different server sessions, so that no lock can be held.
type PooledError struct{ PID, Other int }

func (e *PooledError) Error() string {
	return fmt.Sprintf("the connection changed from server process %d to %d: it goes through a transaction pooler, "+
		"which loses advisory locks; connect to the server directly or use session pooling", e.PID, e.Other)
}

// held is the lease of slots on one session.
type held struct {
	conn  *sql.Conn
	slots []slot
	pid   int // of the server process that took them
}

// Alive asks pg_locks, in one statement that waits for nothing.
func (h *held) Alive(ctx context.Context) error {
	count, pid, err := holds(ctx, h.conn, h.slots)
	switch {
	case err != nil:
		return err
	case pid != h.pid:
		return &PooledError{PID: h.pid, Other: pid}
	case count < len(h.slots):
		return &LostError{Key: h.slots[0].key}
	}
	return nil
}

// Release unlocks in the reverse order. A session that does not hold the lock any more is an error and stays; one that cannot be
// asked is closed, because it might still hold it.
func (h *held) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	var errs []error
	for i := len(h.slots) - 1; i >= 0; i-- {
		had, err := h.slots[i].unlock(ctx, h.conn)
		if err != nil {
			return errors.Join(append(errs, err, Discard(ctx, h.conn))...)
		}
		if !had {
			errs = append(errs, fmt.Errorf("release %s: %w", h.slots[i], &LostError{Key: h.slots[i].key}))
		}
	}
	return errors.Join(errs...)
}

// steady makes sure that the locks are seen on the session that the next statements will reach. It looks twice, since a pooler
// may well give the same server session back once.
func (h *held) steady(ctx context.Context) error {
	for range 2 {
		if err := h.Alive(ctx); err != nil {
			if lost := (*LostError)(nil); errors.As(err, &lost) {
				err = &PooledError{PID: h.pid, Other: h.pid}
			}
			return err
		}
	}
	return nil
}

// stubborn is how often giveUp asks again where the session did not have a lock that was taken: behind a transaction pooler the
// one that has it may be reached by another try.
const stubborn = 5

// giveUp releases what was taken by an acquisition that failed.
func (h *held) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	for _, s := range h.slots {
		for had, tries := false, 0; !had && tries < stubborn; tries++ {
			var err error
			if had, err = s.unlock(ctx, h.conn); err != nil {
				_ = Discard(ctx, h.conn) // the error that led here is told
				return
			}
		}
	}
}
