package session

import (
	"context"
	"errors"

	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// ErrInTransaction says that the session was given with a transaction open. DDL in it would keep its locks until somebody
// else's COMMIT.
var ErrInTransaction = errors.New("the session is inside a transaction: partitions are changed in transactions of their own")

// Transaction sends a text from BEGIN to COMMIT in one message, and rolls back what failed.
func (s *Session) Transaction(ctx context.Context, text string) error {
	err := s.send(ctx, text)
	if err == nil || Ended(err) {
		return err
	}
	return errors.Join(err, s.Tidy(ctx, "ROLLBACK"))
}

// Free makes sure that the session is outside any transaction; else it is ErrInTransaction, and that transaction has failed.
//
// now() is when the transaction began, so outside one it is when the statement did; the cast fails, but not before that is known.
func (s *Session) Free(ctx context.Context) error {
	const query = "SELECT CASE WHEN pg_catalog.now() OPERATOR(pg_catalog.=) pg_catalog.statement_timestamp() THEN 0 " +
		"ELSE pg_catalog.concat('partsmith: transaction ', pg_catalog.pg_backend_pid())::pg_catalog.int4 END"
	err := unhurried(ctx, func() error { return s.send(ctx, query) })
	if state := sqlstate.Of(err); state == "22P02" || state == "25P02" {
		return ErrInTransaction
	}
	return err
}

// LeftOpen ends a transaction that somebody left open, and is then ErrInTransaction. It works also after the end of ctx.
func (s *Session) LeftOpen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), TidyTime)
	defer cancel()
	if err := s.Free(ctx); err != nil {
		return errors.Join(err, s.Tidy(ctx, "ROLLBACK"))
	}
	return nil
}

// send sends one message.
func (s *Session) send(ctx context.Context, text string) error {
	_, err := s.conn.ExecContext(ctx, text)
	return err
}
