package lock

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// pgxConn is a connection of pgx's database/sql driver.
type pgxConn interface{ Conn() *pgx.Conn }

// Discard closes the session for good: conn is unusable afterwards, and no pool gives the session out again, so that every lock
// and setting of it is gone.
//
// Telling database/sql that the connection is bad does that for most drivers. Above a pgx pool it does not: there the driver
// only hands its connection back to the pool, so the connection itself is closed first.
func Discard(ctx context.Context, conn *sql.Conn) error {
	err := conn.Raw(func(dc any) error {
		if c, ok := dc.(pgxConn); ok {
			_ = c.Conn().Close(ctx) // closed is closed, whatever the goodbye met
		}
		return driver.ErrBadConn
	})
	if err == nil || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return fmt.Errorf("discard session: %w", err)
}
