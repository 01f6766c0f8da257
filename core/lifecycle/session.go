package lifecycle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// session is one server session that works. What is changed on it is put back, or the session is closed for good.
type session struct {
	conn  *sql.Conn
	saved []Setting  // what to put back; an empty value is the session's own default
	role  string     // the setting `role` as it was found: a role, or none
	held  lock.Lease // the migrator's lock, during creation; nil: it is taken for each step
	lost  error      // what ended the session
	since time.Time  // since when the migrator's lock was not left alone for longer, zero: not taken yet
}

// ErrInTransaction says that the session was given with a transaction open. DDL in it would keep its locks until somebody
// else's COMMIT.
var ErrInTransaction = errors.New("the session is inside a transaction: partitions are changed in transactions of their own")

// tidyTime bounds what is done after the end of a context.
const tidyTime = 5 * time.Second

// graceTime is how long a statement may go on after the end of its context. The limits let nearly all of them end within it,
// so that a cancelled run knows what it did and keeps its session.
const graceTime = time.Second

// settings that a role or a database may have, and that would end the session or a statement that needs no limit.
// transaction_timeout exists from PostgreSQL 17 on, idle_session_timeout from 14 on.
func unlimited(version int) []string {
	names := []string{"statement_timeout", "lock_timeout", "idle_session_timeout"}
	if version >= 170000 {
		names = append(names, "transaction_timeout")
	}
	return names
}

// prepare takes away the limits that the session came with and remembers them.
func (s *session) prepare(ctx context.Context, version int) error {
	if err := s.free(ctx); err != nil {
		return err
	}
	names := unlimited(version)
	if err := s.save(ctx, names); err != nil {
		return fmt.Errorf("read settings of session: %w", err)
	}
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "SET %s = 0;\n", name)
	}
	if _, err := s.conn.ExecContext(ctx, b.String()); err != nil {
		return errors.Join(fmt.Errorf("prepare session: %w", err), s.discard(ctx))
	}
	return nil
}

// free makes sure that the session is outside any transaction. now() is when the transaction began, so outside one it is when
// the statement did; the cast fails, but not before that is known.
func (s *session) free(ctx context.Context) error {
	const query = "SELECT CASE WHEN pg_catalog.now() = pg_catalog.statement_timestamp() THEN 0 " +
		"ELSE ('partsmith: transaction ' || pg_catalog.pg_backend_pid())::integer END"
	_, err := s.conn.ExecContext(ctx, query)
	if state := stateOf(err); state == "22P02" || state == "25P02" {
		return ErrInTransaction
	}
	return err
}

// leftOpen ends a transaction that a hook left open, and tells of it. It works also after the end of ctx.
func (s *session) leftOpen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	if err := s.free(ctx); err != nil {
		return errors.Join(err, s.tidy(ctx, "ROLLBACK"))
	}
	return nil
}

func (s *session) save(ctx context.Context, names []string) error {
	const query = `select name, case when setting = reset_val then '' else setting end, pg_catalog.current_setting('role')
from pg_catalog.pg_settings where name = any (string_to_array($1, ','))`
	rows, err := s.conn.QueryContext(ctx, query, strings.Join(names, ","))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var set Setting
		if err := rows.Scan(&set.Name, &set.Value, &s.role); err != nil {
			return err
		}
		s.saved = append(s.saved, set)
	}
	return rows.Err()
}

// restore puts the settings back to what prepare found, whatever became of ctx.
func (s *session) restore(ctx context.Context) {
	if s.lost != nil {
		return
	}
	var b strings.Builder
	for _, set := range s.saved {
		if set.Value == "" {
			fmt.Fprintf(&b, "RESET %s;\n", set.Name)
		} else {
			fmt.Fprintf(&b, "SET %s = %s;\n", set.Name, catalog.QuoteLiteral(set.Value))
		}
	}
	_ = s.tidy(ctx, b.String())
}

// transaction sends a step from BEGIN to COMMIT in one message.
func (s *session) transaction(ctx context.Context, text string) error {
	_, err := s.conn.ExecContext(ctx, text)
	if err == nil || verdictOf(err) == lost {
		return err
	}
	if tidy := s.tidy(ctx, "ROLLBACK"); tidy != nil {
		return errors.Join(err, tidy)
	}
	return err
}

// outside sends a statement that stands outside any transaction, under settings and a role for the session.
func (s *session) outside(ctx context.Context, step Step, l Limits) error {
	var set, reset strings.Builder
	for _, setting := range step.Settings(l) {
		fmt.Fprintf(&set, "SET %s = %s;\n", setting.Name, catalog.QuoteLiteral(setting.Value))
		fmt.Fprintf(&reset, "SET %s = 0;\n", setting.Name)
	}
	if step.Role != "" {
		fmt.Fprintf(&set, "SET ROLE %s;\n", catalog.QuoteIdent(step.Role))
		fmt.Fprintf(&reset, "SET ROLE %s;\n", s.ownRole())
	}
	_, err := s.conn.ExecContext(ctx, set.String())
	for _, statement := range step.All() {
		if err == nil {
			_, err = s.conn.ExecContext(ctx, statement.SQL)
		}
	}
	if err != nil && verdictOf(err) == lost {
		return err
	}
	return errors.Join(err, s.tidy(ctx, reset.String()))
}

func (s *session) ownRole() string {
	if s.role == "" || s.role == "none" {
		return "NONE"
	}
	return catalog.QuoteIdent(s.role)
}

// tidy runs what must be run also after the end of ctx. A session on which it fails is closed for good.
func (s *session) tidy(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	if _, err := s.conn.ExecContext(ctx, text); err != nil {
		return s.lose(ctx, fmt.Errorf("tidy session: %w", err))
	}
	return nil
}

// lose notes that the session ended, closes it for good, and gives the error that says so.
func (s *session) lose(ctx context.Context, err error) error {
	if s.lost == nil {
		s.lost = &LostSessionError{Site{SQLState: stateOf(err), Cause: err}}
		_ = s.discard(ctx)
	}
	return s.lost
}

func (s *session) discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	return lock.Discard(ctx, s.conn)
}

// release gives a lock back. On a lost session there is none any more.
func (s *session) release(ctx context.Context, r *run, lease lock.Lease) {
	if s.lost != nil {
		return
	}
	if err := lease.Release(ctx); err != nil {
		r.Log.WarnContext(ctx, "release lock", "error", err)
		_ = s.check(ctx, err)
	}
}

// check finds out whether the session outlived an error, and gives the error that says so.
func (s *session) check(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	if s.lost != nil || s.conn.PingContext(ctx) == nil {
		return err
	}
	return s.lose(ctx, err)
}

// grace is a context that ends a little after ctx.
func grace(ctx context.Context) (context.Context, context.CancelFunc) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(graceTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-later.Done():
		}
	})
	return later, func() { stop(); cancel() }
}
