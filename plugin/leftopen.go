package plugin

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrLeftOpen says that a migrator left a transaction open on the session that holds its lock. It was rolled back: whatever
// runs next on the session would have run in it, and its locks would have stayed with a session of a pool.
var ErrLeftOpen = errors.New("the migrator left a transaction open, and it was rolled back")

// settleTime bounds what is done after the end of a context.
const settleTime = 5 * time.Second

// LeftOpen rolls back a transaction that is open on the session, and is ErrLeftOpen then. It is nil where there was none, and
// where the session can no longer be asked. It works also after the end of ctx.
func LeftOpen(ctx context.Context, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if !inTransaction(ctx, conn) {
		return nil
	}
	if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		return errors.Join(ErrLeftOpen, err)
	}
	return ErrLeftOpen
}

// inTransaction asks twice when the transaction began: outside of one, every statement is a transaction of its own.
func inTransaction(ctx context.Context, conn *sql.Conn) bool {
	const query = "select pg_catalog.now()"
	var first, second time.Time
	err := conn.QueryRowContext(ctx, query).Scan(&first)
	if err == nil {
		err = conn.QueryRowContext(ctx, query).Scan(&second)
	}
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		return stated.SQLState() == "25P02" // the transaction is aborted
	}
	return err == nil && first.Equal(second)
}
