package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Beginner begins a transaction: a *sql.Conn or *sql.DB.
type Beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

const (
	defaultLimit     = time.Second
	askPatience      = 100 * time.Millisecond // for locks; below deadlock_timeout, so an ask never cancels an autovacuum
	lockNotAvailable = "55P03"
	queryCanceled    = "57014"
	noPrivilege      = "42501"
)

// AnswerAsks puts asks to the database and files what it says in the table's Answers. It reads in a transaction of its
// own, as the table's ActAs, and changes nothing; on the tables that it asks about it takes ACCESS SHARE for that long.
// Each statement has the limit (0: one second) and waits at most 100 ms for a lock.
//
// What ends at one of these limits, for want of a right or because the table is gone, is filed as not known, with its
// Cause. Any other failure is the error, and what was answered before it stays filed.
func AnswerAsks(ctx context.Context, b Beginner, table *Table, asks []Ask, limit time.Duration) error {
	if table.Answers == nil {
		table.Answers = Answers{}
	}
	if len(asks) == 0 {
		return nil
	}
	tx, err := b.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin asking: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return AnswerWithin(ctx, tx, table, asks, limit)
}

// AnswerWithin is AnswerAsks inside a transaction that is there already, and that may have made the table. It sets
// statement_timeout, lock_timeout, row_security, the role and how values are printed until the transaction ends, so it is
// called behind a savepoint that is then rolled back to.
func AnswerWithin(ctx context.Context, tx *sql.Tx, table *Table, asks []Ask, limit time.Duration) error {
	if table.Answers == nil {
		table.Answers = Answers{}
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	a := asker{tx: tx, table: table, limit: limit}
	if err := a.prepare(ctx); err != nil {
		return fmt.Errorf("prepare asking: %w", err)
	}
	for _, ask := range asks {
		if _, known := table.Answers[ask]; known && ask.Kind == AskTaken {
			continue // answered together with an earlier one
		}
		if err := a.answer(ctx, ask, asks); err != nil {
			return fmt.Errorf("ask for %s: %w", ask.Kind, err)
		}
	}
	return nil
}

// asker asks inside one transaction.
type asker struct {
	tx    *sql.Tx
	table *Table
	limit time.Duration
}

// prepare bounds every statement, and makes values print in one way. With row_security off a policy that would hide
// rows is an error instead.
func (a asker) prepare(ctx context.Context) error {
	var done bool
	err := a.tx.QueryRowContext(ctx, `select pg_catalog.set_config('statement_timeout', $1, true)
		|| pg_catalog.set_config('lock_timeout', $2, true)
		|| pg_catalog.set_config('row_security', 'off', true)
		|| pg_catalog.set_config('TimeZone', 'UTC', true)
		|| pg_catalog.set_config('DateStyle', 'ISO, YMD', true)
		|| pg_catalog.set_config('extra_float_digits', '1', true)
		|| pg_catalog.set_config('bytea_output', 'hex', true) is not null`, milliseconds(a.limit), milliseconds(askPatience)).Scan(&done)
	if err != nil || a.table.ActAs == "" {
		return err
	}
	_, err = a.tx.ExecContext(ctx, "SET LOCAL ROLE "+QuoteIdent(a.table.ActAs))
	return err
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%dms", max(d.Milliseconds(), 1)) }

// answer asks one question behind a savepoint, so that those after it can still be asked when it fails.
func (a asker) answer(ctx context.Context, ask Ask, all []Ask) error {
	if _, err := a.tx.ExecContext(ctx, "SAVEPOINT partsmith_ask"); err != nil {
		return err
	}
	began := time.Now()
	answer, err := a.ask(ctx, ask, all)
	answer.Took = time.Since(began)
	if err != nil {
		answer.Known, answer.Cause = false, a.cause(ctx, err)
		if answer.Cause == "" {
			return err
		}
	}
	a.table.Answers[ask] = answer
	_, err = a.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_ask")
	return err
}

func (a asker) ask(ctx context.Context, ask Ask, all []Ask) (Answer, error) {
	switch ask.Kind {
	case AskRows:
		return a.rows(ctx, ask)
	case AskHighest:
		return a.highest(ctx, ask)
	case AskReferenced:
		return a.referenced(ctx, ask)
	case AskSize:
		return a.size(ctx, ask)
	case AskTaken:
		return a.taken(ctx, ask, all)
	case AskCheck:
		return a.check(ctx, ask)
	case AskFit:
		return a.fit(ctx, ask)
	}
	return Answer{}, fmt.Errorf("no such question %q", ask.Kind)
}

// unaskableError is about a question that makes no sense for the table that it is put to.
type unaskableError struct{ cause string }

func (e unaskableError) Error() string { return e.cause }

// cause says in a clause why there is no answer; it is empty where the failure is not the question's.
func (a asker) cause(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return ""
	}
	var u unaskableError
	if errors.As(err, &u) {
		return u.cause
	}
	switch sqlState(err) {
	case queryCanceled:
		return fmt.Sprintf("it takes longer than %s to find out", a.limit)
	case lockNotAvailable:
		return "the table is locked by another session"
	case noPrivilege:
		return "the rights to read it are missing: " + err.Error()
	case "42P01", "42703": // gone since the catalog was read
		return "the table has changed since the catalog was read"
	}
	return ""
}
