package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Holder is a session that has a lock. What the server hides from a role without rights is empty.
type Holder struct {
	PID         int
	Application string
	User        string
	State       string        // active, idle, idle in transaction, ...
	Connected   time.Duration // since the session began
	Transaction time.Duration // since its transaction began, 0 outside one
}

// String is a clause: pid 4711 (goose, idle in transaction, connected for 3m2s).
func (h *Holder) String() string {
	var traits []string
	for _, trait := range []string{h.Application, h.State} {
		if trait != "" {
			traits = append(traits, trait)
		}
	}
	if h.Connected > 0 {
		traits = append(traits, "connected for "+h.Connected.Round(time.Second).String())
	}
	if len(traits) == 0 {
		return fmt.Sprintf("pid %d", h.PID)
	}
	return fmt.Sprintf("pid %d (%s)", h.PID, strings.Join(traits, ", "))
}

// BusyError says that another session has the lock.
type BusyError struct {
	Key    Key
	Table  uint32  // OID of the table, where it is the table's own key and not a migrator's
	Holder *Holder // nil: it was gone when we looked, or could not be seen
	Waited time.Duration
	Cause  error // why the wait ended early: the error of a cancelled context, else nil
}

func (e *BusyError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s is held", slot{key: e.Key, table: e.Table})
	if e.Holder != nil {
		fmt.Fprintf(&text, " by %s", e.Holder)
	} else {
		text.WriteString(" by another session")
	}
	if e.Waited > 0 {
		fmt.Fprintf(&text, ", waited %s", e.Waited.Round(10*time.Millisecond))
	}
	if e.Cause != nil {
		fmt.Fprintf(&text, ": %v", e.Cause)
	}
	return text.String()
}

// Unwrap gives the cause, so that errors.Is finds a cancelled context.
func (e *BusyError) Unwrap() error { return e.Cause }

// FindHolder tells which session of the current database holds the key, nil: none. It reads pg_locks and waits for nothing.
func FindHolder(ctx context.Context, conn *sql.Conn, key Key) (*Holder, error) {
	return findHolder(ctx, conn, slot{key: key})
}

// FindTableHolder tells which session holds the key of the table with that OID, nil: none.
func FindTableHolder(ctx context.Context, conn *sql.Conn, oid uint32) (*Holder, error) {
	return findHolder(ctx, conn, slot{table: oid})
}

// The left join keeps a holder whose row in pg_stat_activity is not there: a prepared transaction, or one that ends just now.
const holderQuery = `select coalesce(l.pid, 0), coalesce(a.application_name, ''), coalesce(a.usename, ''), coalesce(a.state, ''),
coalesce(extract(epoch from pg_catalog.clock_timestamp() operator(pg_catalog.-) a.backend_start), 0)::pg_catalog.float8,
coalesce(extract(epoch from pg_catalog.clock_timestamp() operator(pg_catalog.-) a.xact_start), 0)::pg_catalog.float8
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid operator(pg_catalog.=) l.pid where `

func findHolder(ctx context.Context, conn *sql.Conn, s slot) (*Holder, error) {
	var h Holder
	var connected, transaction float64
	// A slot may be held in share mode by somebody who shares it, so any mode counts here.
	query := holderQuery + strings.Replace(ours, " and l.mode operator(pg_catalog.=) 'ExclusiveLock'", "", 1) + " and " + s.row() + " order by a.backend_start limit 1"
	err := conn.QueryRowContext(ctx, query).Scan(&h.PID, &h.Application, &h.User, &h.State, &connected, &transaction)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find holder of %s: %w", s, err)
	}
	h.Connected, h.Transaction = seconds(connected), seconds(transaction)
	return &h, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
