package lock

import (
	"context"
	"database/sql"
	"fmt"
)

// TryTable takes the key of the table with that OID: the two-int advisory key (1886612839, OID). It keeps two runs over one
// table apart, under whatever migrator's key they work. It is tried once and never waited for; a BusyError names who has it.
func TryTable(ctx context.Context, conn *sql.Conn, oid uint32) (Lease, error) {
	s := slot{table: oid}
	found, err := check(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("try %s: %w", s, err)
	}
	lease, _, err := tryAll(ctx, conn, []slot{s})
	if err != nil {
		return nil, judge(conn, found, err)
	}
	if lease == nil {
		return nil, busy(ctx, conn, s, 0)
	}
	return lease, nil
}
