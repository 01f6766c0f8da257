package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// Polling takes all keys of a scheme or none, and asks again every 100 to 300 ms while another session has one. It never waits
// inside the server and keeps no state between two acquisitions, so one value serves any number of sessions at once.
type Polling struct {
	Scheme Scheme   // whose keys; the zero Scheme is goose's
	Tables []string // schema.table without quotes, for schemes that have a key for each
	Random func() float64
	// Random gives numbers in [0, 1) for the pauses, so that waiting sessions do not ask in step; nil: math/rand.
}

// The bounds of the pause between two tries.
const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 300 * time.Millisecond
)

// Lock writes nothing but the advisory locks. Its errors: BusyError with the holder, when the wait is over or ctx ends meanwhile;
// PooledError where the connection cannot hold a lock; else the server's.
func (p Polling) Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("take lock %s: %w", p.Scheme, err)
	}
	found, err := check(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("take lock %s: %w", p.Scheme, err)
	}
	keys, err := p.keys(ctx, conn)
	if err != nil {
		return nil, judge(conn, found, err)
	}
	slots := make([]slot, len(keys))
	for i, key := range keys {
		slots[i].key = key
	}
	lease, err := p.poll(ctx, conn, slots, wait)
	return lease, judge(conn, found, err)
}

// keys asks the server where it is only if the scheme wants to know.
func (p Polling) keys(ctx context.Context, conn *sql.Conn) ([]Key, error) {
	at := Place{Tables: p.Tables}
	if p.Scheme.kind == golangMigrate {
		const query = "select pg_catalog.current_database(), coalesce(pg_catalog.current_schema(), '')"
		if err := conn.QueryRowContext(ctx, query).Scan(&at.Database, &at.Schema); err != nil {
			return nil, fmt.Errorf("read current database: %w", err)
		}
	}
	return p.Scheme.Keys(at), nil
}

func (p Polling) poll(ctx context.Context, conn *sql.Conn, slots []slot, most time.Duration) (Lease, error) {
	began := time.Now()
	for {
		lease, taken, err := tryAll(ctx, conn, slots)
		if err != nil || lease != nil {
			return lease, err
		}
		left := most - time.Since(began)
		if left <= 0 {
			return nil, busy(ctx, conn, taken, time.Since(began))
		}
		if !wait.For(ctx, min(left, p.pause())) {
			return nil, busy(ctx, conn, taken, time.Since(began))
		}
	}
}

// pause is how long to wait before the next try.
func (p Polling) pause() time.Duration {
	random := p.Random
	if random == nil {
		random = rand.Float64
	}
	return shortestPause + time.Duration(random()*float64(longestPause-shortestPause))
}

// tryAll takes every slot, or gives back what it took and names the slot that another session has.
func tryAll(ctx context.Context, conn *sql.Conn, slots []slot) (Lease, slot, error) {
	h := &held{conn: conn}
	for _, s := range slots {
		taken, pid, err := s.try(ctx, conn)
		if err != nil {
			// A try that was cut off may have succeeded at the server: only the end of the session undoes it for certain.
			return nil, s, errors.Join(err, Discard(context.WithoutCancel(ctx), conn))
		}
		if !taken {
			h.giveUp(ctx)
			return nil, s, nil
		}
		h.slots, h.pid = append(h.slots, s), pid
	}
	if len(slots) == 0 {
		return unlocked{}, slot{}, nil
	}
	if err := h.steady(ctx); err != nil {
		left := h.giveUp(ctx)
		if pooled := (*PooledError)(nil); errors.As(err, &pooled) {
			pooled.Left = left
		}
		return nil, slot{}, fmt.Errorf("take %s: %w", h.slots[0], err)
	}
	return h, slot{}, nil
}

// busy is the error for a slot that another session has. Naming the holder works after the end of ctx as well.
func busy(ctx context.Context, conn *sql.Conn, s slot, waited time.Duration) *BusyError {
	e := &BusyError{Key: s.key, Table: s.table, Waited: waited, Cause: ctx.Err()}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	e.Holder, _ = findHolder(ctx, conn, s) // a holder that cannot be named stays nil
	return e
}
