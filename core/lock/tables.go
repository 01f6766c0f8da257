package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// TryTables is TryTable for many tables, in as few statements as for one. There is a lease, or else a BusyError, for each OID, in
// their order. With an error there is neither, and the session is closed or holds none of the keys.
func TryTables(ctx context.Context, conn *sql.Conn, oids []uint32) (leases []Lease, taken []error, err error) {
	found, err := check(ctx, conn)
	if err != nil {
		return nil, nil, fmt.Errorf("try keys of tables: %w", err)
	}
	all, err := tryTables(ctx, conn, oids)
	if err != nil {
		return nil, nil, judge(conn, found, err)
	}
	leases, taken = make([]Lease, len(oids)), make([]error, len(oids))
	for i, oid := range oids {
		if s := (slot{table: oid}); all.has(s) {
			leases[i] = &held{conn: conn, slots: []slot{s}, pid: all.pid}
		} else {
			taken[i] = busy(ctx, conn, s, 0)
		}
	}
	return leases, taken, nil
}

// tryTables takes what is free.
func tryTables(ctx context.Context, conn *sql.Conn, oids []uint32) (*held, error) {
	h := &held{conn: conn}
	keys := make([]string, len(oids))
	for i, oid := range oids {
		keys[i] = fmt.Sprint(int32(oid)) // an OID above 2^31 is the negative int4 with the same bits
	}
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("select k.key, pg_catalog.pg_try_advisory_lock(%d, k.key), pg_catalog.pg_backend_pid()"+
		" from pg_catalog.unnest('{%s}'::pg_catalog.int4[]) k(key)", int32(tableClass), strings.Join(keys, ",")))
	if err == nil {
		err = h.learn(rows)
	}
	if err != nil { // it may have taken some of them
		return nil, errors.Join(fmt.Errorf("try keys of %d tables: %w", len(oids), err), Discard(context.WithoutCancel(ctx), conn))
	}
	if len(h.slots) == 0 {
		return h, nil
	}
	if err := h.steady(ctx); err != nil {
		left := h.giveUp(ctx)
		if pooled := (*PooledError)(nil); errors.As(err, &pooled) {
			pooled.Left = left
		}
		return nil, fmt.Errorf("take keys of %d tables: %w", len(h.slots), err)
	}
	return h, nil
}

func (h *held) learn(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var key int32
		var taken bool
		if err := rows.Scan(&key, &taken, &h.pid); err != nil {
			return err
		}
		if taken {
			h.slots = append(h.slots, slot{table: uint32(key)})
		}
	}
	return rows.Err()
}
