package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// releaseTime bounds what is done after the end of a context: giving locks back, naming a holder.
const releaseTime = 5 * time.Second

// LostError says that a lock which was taken is not held any more, though the session lives.
type LostError struct{ Key Key }

func (e *LostError) Error() string {
	return fmt.Sprintf("advisory lock %d is not held any more", e.Key)
}

// held is the lease of slots on one session.
type held struct {
	conn  *sql.Conn
	slots []slot
	pid   int // of the server process that took them
}

func (h *held) has(s slot) bool { return slices.Contains(h.slots, s) }

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

// Release gives several leases back. Keys of tables that one session has go in one statement.
func Release(ctx context.Context, leases ...Lease) error {
	var together held
	var errs []error
	for _, lease := range leases {
		h, ours := lease.(*held)
		if ours && (together.conn == nil || h.conn == together.conn && h.pid == together.pid) {
			together.conn, together.pid, together.slots = h.conn, h.pid, append(together.slots, h.slots...)
			continue
		}
		errs = append(errs, lease.Release(ctx))
	}
	if together.conn != nil {
		errs = append(errs, together.Release(ctx))
	}
	return errors.Join(errs...)
}

// Release unlocks all in one statement, the last first. A session that does not hold the lock any more is an error and stays; one that cannot be
// asked is closed, because it might still hold it.
func (h *held) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	had, err := unlock(ctx, h.conn, h.slots)
	if err != nil {
		return errors.Join(err, Discard(ctx, h.conn))
	}
	var errs []error
	for i, s := range h.slots {
		if !had[i] {
			errs = append(errs, fmt.Errorf("release %s: %w", s, &LostError{Key: s.key}))
		}
	}
	if len(errs) > 0 {
		errs = append(errs, h.leftBehind(ctx))
	}
	return errors.Join(errs...)
}

// leftBehind is an error where a server process that the connection has lost keeps a lock.
func (h *held) leftBehind(ctx context.Context) error {
	if left := h.reclaim(ctx); left != 0 {
		return &PooledError{PID: h.pid, Other: h.pid, Left: left}
	}
	return nil
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

// giveUp releases what was taken by an acquisition that failed, and tells which server process keeps a lock all the same.
func (h *held) giveUp(ctx context.Context) (left int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	for _, s := range h.slots {
		had, err := s.unlock(ctx, h.conn)
		switch {
		case err != nil && errors.As(betrayed(err, unknown), new(*PooledError)), err == nil && !had:
			return h.reclaim(ctx) // the others as well
		case err != nil:
			_ = Discard(ctx, h.conn) // the error that led here is told
			return 0
		}
	}
	return 0
}
