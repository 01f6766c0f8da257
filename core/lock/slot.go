package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// slot is one advisory lock, as the functions are called with it and as pg_locks shows it: a bigint is split into its halves and
// has objsubid 1, a pair of integers has objsubid 2. The two forms never collide.
type slot struct {
	key   Key    // of the one-bigint form
	table uint32 // of the two-int form, not 0
}

// tableClass is the first integer of our table keys.
const tableClass uint32 = 1886612839

// call is a call of an advisory lock function. Only numbers go into the text, so it needs no arguments and no prepared
// statement, which a pooler may not know.
func (s slot) call(function string) string {
	if s.table != 0 {
		// An OID above 2^31 is the negative int4 with the same bits.
		return fmt.Sprintf("pg_catalog.%s(%d, %d)", function, int32(tableClass), int32(s.table))
	}
	return fmt.Sprintf("pg_catalog.%s(%d)", function, s.key)
}

// row is the condition that finds the slot among the rows of pg_locks.
func (s slot) row() string {
	class, object, form := uint32(uint64(s.key)>>32), uint32(s.key), 1
	if s.table != 0 {
		class, object, form = tableClass, s.table, 2
	}
	return fmt.Sprintf("(l.classid, l.objid, l.objsubid) operator(pg_catalog.=) (%d::pg_catalog.oid, %d::pg_catalog.oid, %d::pg_catalog.int2)",
		class, object, form)
}

// Every statement here is sent under the session's own search_path, where anybody who may create in one of its schemas can have
// operators and functions of theirs, so all of ours are qualified.

// ours is what every look at pg_locks asks for beside the slot: advisory locks of this database that are held exclusively.
const ours = `l.locktype operator(pg_catalog.=) 'advisory' and l.granted and l.mode operator(pg_catalog.=) 'ExclusiveLock'
and l.database operator(pg_catalog.=) (select d.oid from pg_catalog.pg_database d where d.datname operator(pg_catalog.=) pg_catalog.current_database())`

// try takes the slot if it is free, and tells which server process did.
func (s slot) try(ctx context.Context, conn *sql.Conn) (taken bool, pid int, err error) {
	query := "select " + s.call("pg_try_advisory_lock") + ", pg_catalog.pg_backend_pid()"
	if err := conn.QueryRowContext(ctx, query).Scan(&taken, &pid); err != nil {
		return false, 0, fmt.Errorf("try %s: %w", s, err)
	}
	return taken, pid, nil
}

// mostCuts is how often unlocking may be cut off by the session's statement_timeout, which somebody else has set: to almost nothing,
// since it takes almost no time.
const mostCuts = 20

// unlock gives the slot back, and reports whether the session had it.
func (s slot) unlock(ctx context.Context, conn *sql.Conn) (had bool, err error) {
	each, err := unlock(ctx, conn, []slot{s})
	return err == nil && each[0], err
}

// cutOff reports whether a statement was cancelled: by a limit of the session, or by somebody.
func cutOff(err error) bool {
	var state interface{ SQLState() string }
	return errors.As(err, &state) && state.SQLState() == "57014"
}

// unlock gives slots back, the last first, and tells of each whether the session had it. A try that was cut off may have given some
// back already, so of the next one a slot that is not there any more was.
func unlock(ctx context.Context, conn *sql.Conn, slots []slot) (had []bool, err error) {
	for cuts := range mostCuts {
		if had, err = unlockOnce(ctx, conn, slots); err == nil {
			for i := range had {
				had[i] = had[i] || cuts > 0
			}
			return had, nil
		}
		if !cutOff(err) || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("release %s: %w", slots[0], err)
}

func unlockOnce(ctx context.Context, conn *sql.Conn, slots []slot) ([]bool, error) {
	calls := make([]string, len(slots))
	for i, s := range slots {
		calls[len(slots)-1-i] = "(" + fmt.Sprint(i) + ", " + s.call("pg_advisory_unlock") + ")"
	}
	var rows *sql.Rows
	err := panics.Caught(func() (err error) { // database/sql (Go 1.26) panics where the end of an earlier context closes conn at this very moment
		rows, err = conn.QueryContext(ctx, "values "+strings.Join(calls, ", "))
		return err
	})
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	had := make([]bool, len(slots))
	for rows.Next() {
		var i int
		var was bool
		if err := rows.Scan(&i, &was); err != nil {
			return nil, err
		}
		had[i] = was
	}
	return had, rows.Err()
}

// holds tells how many of the slots the session holds, and which server process it speaks to.
func holds(ctx context.Context, conn *sql.Conn, slots []slot) (held, pid int, err error) {
	query := "select pg_catalog.pg_backend_pid(), pg_catalog.count(*) from pg_catalog.pg_locks l where " + ours +
		" and l.pid operator(pg_catalog.=) pg_catalog.pg_backend_pid() and " + anyOf(slots)
	if err := conn.QueryRowContext(ctx, query).Scan(&pid, &held); err != nil {
		return 0, 0, fmt.Errorf("look for advisory lock: %w", err)
	}
	return held, pid, nil
}

// anyOf is the condition that finds any of the slots among the rows of pg_locks. Most are keys of tables, which differ in one number.
func anyOf(slots []slot) string {
	var rows, tables []string
	for _, s := range slots {
		if s.table != 0 {
			tables = append(tables, fmt.Sprint(s.table))
		} else {
			rows = append(rows, s.row())
		}
	}
	if len(tables) > 0 {
		rows = append(rows, fmt.Sprintf("l.classid operator(pg_catalog.=) %d::pg_catalog.oid and l.objsubid operator(pg_catalog.=) 2::pg_catalog.int2"+
			" and l.objid operator(pg_catalog.=) any ('{%s}'::pg_catalog.oid[])", tableClass, strings.Join(tables, ",")))
	}
	return "(" + strings.Join(rows, " or ") + ")"
}

func (s slot) String() string {
	if s.table != 0 {
		return fmt.Sprintf("advisory lock (%d, %d)", tableClass, s.table)
	}
	return fmt.Sprintf("advisory lock %d", s.key)
}
