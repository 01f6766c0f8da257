package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	defaultLimit     = time.Second
	askPatience      = 100 * time.Millisecond // for locks; below deadlock_timeout, so an ask never cancels an autovacuum
	lockNotAvailable = "55P03"
	queryCanceled    = "57014"
	noPrivilege      = "42501"
)

// AnswerAsks is Reader.Answer in a transaction of its own, by Reading.
func AnswerAsks(ctx context.Context, conn *sql.Conn, table *Table, asks []Ask, limit time.Duration) error {
	return Reading(ctx, conn, func(r *Reader) error { return r.Answer(ctx, table, asks, limit) })
}

// Answer puts asks to the database and files what it says in the table's Answers. It asks as the table's ActAs, behind a
// savepoint, and changes nothing; on the tables that it asks about it takes ACCESS SHARE until it has its answers.
// Each statement has the limit (0: one second) and waits at most 100 ms for a lock.
//
// What ends at one of these limits, for want of a right or because the table is gone, is filed as not known, with its
// Cause. Any other failure is the error, and what was answered before it stays filed.
func (r *Reader) Answer(ctx context.Context, table *Table, asks []Ask, limit time.Duration) error {
	if table.Answers == nil {
		table.Answers = Answers{}
	}
	if len(asks) == 0 {
		return nil
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	a := asker{tx: r, table: table, limit: limit}
	if err := a.prepare(ctx); err != nil {
		return fmt.Errorf("prepare asking: %w", err)
	}
	if err := a.answers(ctx, asks); err != nil {
		return err
	}
	_, err := a.tx.ExecContext(ctx, "rollback to savepoint partsmith_asks; release savepoint partsmith_asks")
	return err
}

// asker asks inside one transaction.
type asker struct {
	tx    *Reader
	table *Table
	limit time.Duration
}

// prepare bounds every statement. With row_security off a policy that would hide rows is an error instead.
func (a asker) prepare(ctx context.Context) error {
	set := fmt.Sprintf("savepoint partsmith_asks; set local statement_timeout = %s; set local lock_timeout = %s; set local row_security = off",
		milliseconds(a.limit), milliseconds(askPatience))
	if a.table.ActAs != "" {
		set += "; set local role " + QuoteIdent(a.table.ActAs)
	}
	_, err := a.tx.ExecContext(ctx, set)
	return err
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("'%dms'", max(d.Milliseconds(), 1)) }

func (a asker) answers(ctx context.Context, asks []Ask) error {
	for _, ask := range asks {
		if _, known := a.table.Answers[ask]; known && ask.Kind == AskTaken {
			continue // answered together with an earlier one
		}
		if answer, nothing := a.ownNothing(ask); ask.Kind == AskOwn && nothing {
			a.table.Answers[ask] = answer
			continue
		}
		if err := a.answer(ctx, ask, asks); err != nil {
			return fmt.Errorf("ask for %s: %w", ask.Kind, err)
		}
	}
	return nil
}

// answer asks one question behind a savepoint, so that those after it can still be asked when it fails.
func (a asker) answer(ctx context.Context, ask Ask, all []Ask) error {
	begin := "SAVEPOINT partsmith_ask"
	if ask.Kind == AskOwn {
		begin += planOnce
	}
	if _, err := a.tx.ExecContext(ctx, begin); err != nil {
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
	case AskOwn:
		return a.own(ctx, ask)
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
