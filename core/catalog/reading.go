package catalog

import (
	"context"
	"database/sql"
	_ "embed" // reading.sql
	"errors"
	"fmt"
	"time"
)

//go:embed reading.sql
var readingQuery string

// beginQuery is one message, in which now() is when the message came unless a transaction was open before it. There the cast
// fails, and what has been done in that transaction is lost, as it is after any error. READ COMMITTED holds no snapshot
// between two statements, whatever default_transaction_isolation is. A statement_timeout of the session's may cut off anything
// that comes after.
const beginQuery = `begin isolation level read committed read only;
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
select (case when pg_catalog.now() operator(pg_catalog.=) pg_catalog.statement_timestamp() then '0'
  else 'partsmith: the session is inside a transaction' end)::pg_catalog.int4`

// endTime bounds what is done after the end of a context.
const endTime = 5 * time.Second

// ErrInTransaction says that a session was given with a transaction open, which cannot be read in without its settings
// being changed. That transaction has failed; its owner must roll it back.
var ErrInTransaction = errors.New("the session is inside a transaction: it is read in a transaction of its own")

// Querier sends statements: a *sql.Conn or *sql.Tx.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Reader sends statements inside a transaction where search_path is pg_catalog and pg_temp, so that no operator, function,
// cast or type in them can be somebody else's. Text is UTF8, instants are UTC, and every value prints in one way, whatever
// the session's own settings are.
type Reader struct {
	Querier

	schemas string // of the session's own search_path, an array in their order
	version int    // server_version_num
}

// Reading calls read inside a transaction of its own, which is READ COMMITTED and READ ONLY, and ends it whatever became of
// ctx. It changes nothing; settings are afterwards what they were. A client that stops in the middle is disconnected
// after a minute, so it holds nothing for longer.
//
// On a session that is inside a transaction it gives ErrInTransaction.
func Reading(ctx context.Context, conn *sql.Conn, read func(*Reader) error) (err error) {
	if err := ctx.Err(); err != nil { // else pgx says that the connection is bad, and database/sql throws it away
		return fmt.Errorf("begin reading: %w", err)
	}
	_, err = conn.ExecContext(ctx, beginQuery)
	if inTransaction(err) {
		return ErrInTransaction
	}
	defer func() {
		if ended := end(ctx, conn); err == nil {
			err = ended // else it is the consequence of what is told already
		}
	}()
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	r, err := ReadingWithin(ctx, conn)
	if err != nil {
		return err
	}
	return read(r)
}

// inTransaction tells what a session inside a transaction answers to beginQuery: active_sql_transaction,
// in_failed_sql_transaction, or that the text is no number.
func inTransaction(err error) bool {
	state := sqlState(err)
	return state == "25001" || state == "25P02" || state == "22P02"
}

// ReadingWithin is for a transaction that is there already, and that may have made what is read. The settings stay until it
// ends, so it is called behind a savepoint that is then rolled back to.
func ReadingWithin(ctx context.Context, q Querier) (*Reader, error) {
	r := &Reader{Querier: q}
	if err := q.QueryRowContext(ctx, readingQuery).Scan(&r.schemas, &r.version); err != nil {
		return nil, fmt.Errorf("prepare reading: %w", err)
	}
	return r, nil
}

// Each sends a query and calls do for every row, whose columns are then in the places.
func (r *Reader) Each(ctx context.Context, query string, args, places []any, do func()) error {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		do()
	}
	return rows.Err()
}

// end ends the transaction also after the end of ctx. A session where that fails is closed by its driver.
func end(ctx context.Context, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "commit"); err != nil {
		return fmt.Errorf("end reading: %w", err)
	}
	return nil
}
