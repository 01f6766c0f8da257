package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// session is one server session that works. What is changed on it is put back, or the session is closed for good.
type session struct {
	conn   *sql.Conn
	own    []ddl.Setting // what the run has set
	saved  []ddl.Setting // what to put back; an empty value is the session's own default
	pid    int           // of the server process
	role   string        // the setting `role` as it was found: a role, or none
	held   lock.Lease    // the migrator's lock, during creation; nil: it is taken for each step
	lost   error         // what ended the session
	beside *session      // the leading session, under whose locks this one works; nil: it works under its own
	came   *Settings     // before begin, nil: they were left alone
	under  *Settings     // since then
	since  time.Time     // since when the migrator's lock was not left alone, zero: not taken yet
}

// ErrInTransaction says that the session was given with a transaction open. DDL in it would keep its locks until somebody
// else's COMMIT.
var ErrInTransaction = errors.New("the session is inside a transaction: partitions are changed in transactions of their own")

// tidyTime bounds what is done after the end of a context.
const tidyTime = 5 * time.Second

// graceTime is how long a statement may go on after the end of its context. The limits let nearly all of them end within it,
// so that a cancelled run knows what it did and keeps its session.
const graceTime = time.Second

// settings of a run, whatever the role, the database or the session has: no limit that would end a statement which needs none,
// and one for a client that stopped or a host that died between two statements, whose locks nobody else could take for ever.
// A transaction has its own limits in its text. transaction_timeout exists from PostgreSQL 17 on, idle_session_timeout from 14 on.
func settingsOf(version int) []ddl.Setting {
	set := []ddl.Setting{{Name: "statement_timeout", Value: "0"}, {Name: "lock_timeout", Value: "0"}, {Name: "idle_session_timeout", Value: idleSession},
		{Name: "default_transaction_read_only", Value: "off"}}
	if version >= 170000 {
		set = append(set, ddl.Setting{Name: "transaction_timeout", Value: "0"})
	}
	return set
}

// idleSession is how long a session of ours may be silent. While it waits for a lock it asks every 300 ms.
const idleSession = "60s"

// prepare puts the session's settings to those of a run, and remembers what they were. Those that an Outside step prints bounds
// under are remembered as well.
func (s *session) prepare(ctx context.Context, version int) error {
	if err := s.free(ctx); err != nil {
		return err
	}
	s.own = settingsOf(version)
	names := []string{"TimeZone", "DateStyle"}
	var b strings.Builder
	for _, set := range s.own {
		names = append(names, set.Name)
		b.WriteString(set.SQL() + ";\n")
	}
	if err := unlimited(ctx, s.conn, func() error { return s.save(ctx, names) }); err != nil {
		return fmt.Errorf("read settings of session: %w", err)
	}
	if err := unhurried(ctx, func() error { _, err := s.conn.ExecContext(ctx, b.String()); return err }); err != nil {
		return errors.Join(fmt.Errorf("prepare session: %w", err), s.discard(ctx))
	}
	return nil
}

// back is the setting that a parameter has during the run: ours, else what the session came with.
func (s *session) back(name string) ddl.Setting {
	for _, set := range slices.Concat(s.own, s.saved) {
		if set.Name == name {
			return set
		}
	}
	return ddl.Setting{Name: name}
}

// lend gives the session to somebody who may take long over what is no statement.
func (s *session) lend(ctx context.Context, use func() error) error {
	if err := s.tidy(ctx, "SET idle_session_timeout = 0"); err != nil {
		return err
	}
	err := use()
	if s.lost == nil {
		err = errors.Join(err, s.tidy(ctx, s.back("idle_session_timeout").SQL()))
	}
	return err
}

// free makes sure that the session is outside any transaction. now() is when the transaction began, so outside one it is when
// the statement did; the cast fails, but not before that is known.
func (s *session) free(ctx context.Context) error {
	const query = "SELECT CASE WHEN pg_catalog.now() OPERATOR(pg_catalog.=) pg_catalog.statement_timestamp() THEN 0 " +
		"ELSE pg_catalog.concat('partsmith: transaction ', pg_catalog.pg_backend_pid())::pg_catalog.int4 END"
	err := unhurried(ctx, func() error { _, err := s.conn.ExecContext(ctx, query); return err })
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
	const query = `select s.name, case when ` + foundTimeout + ` operator(pg_catalog.=) s.reset_val then '' else ` + foundTimeout + ` end,
  pg_catalog.current_setting('role'), pg_catalog.pg_backend_pid()
from pg_catalog.pg_settings s where s.name operator(pg_catalog.=) any (pg_catalog.string_to_array($1, ','))`
	rows, err := s.conn.QueryContext(ctx, query, strings.Join(names, ","))
	if err != nil {
		return err
	}
	defer rows.Close()
	for s.saved = nil; rows.Next(); {
		var set ddl.Setting
		if err := rows.Scan(&set.Name, &set.Value, &s.role, &s.pid); err != nil {
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
		b.WriteString(set.SQL() + ";\n")
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

// outside sends the statements of a step that stands outside any transaction, under settings and a role for the session.
//
// run is what the last one, which may wait, is run by.
func (s *session) outside(ctx context.Context, step lifecycle.Step, l lifecycle.Limits, run func(func() error) error) error {
	var set, reset strings.Builder
	for _, setting := range step.Settings(l) {
		set.WriteString(setting.SQL() + ";\n")
		reset.WriteString(s.back(setting.Name).SQL() + ";\n")
	}
	if step.Role != "" {
		fmt.Fprintf(&set, "SET ROLE %s;\n", catalog.QuoteIdent(step.Role))
		fmt.Fprintf(&reset, "SET ROLE %s;\n", roleIdent(s.role))
	}
	_, err := s.conn.ExecContext(ctx, set.String())
	all := step.All()
	for i, statement := range all {
		send := func() error { _, err := s.conn.ExecContext(ctx, statement.SQL); return err }
		switch {
		case err != nil:
		case i == len(all)-1:
			err = run(send)
		default:
			err = send()
		}
	}
	if err != nil && verdictOf(err) == lost {
		return err
	}
	return errors.Join(err, s.tidy(ctx, reset.String()))
}

// tidy runs what must be run also after the end of ctx. A session on which it fails is closed for good.
func (s *session) tidy(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	_, err := s.conn.ExecContext(ctx, text)
	if stateOf(err) == "57014" { // the limit of what is tidied up, or a late cancel: it has changed nothing yet
		_, err = s.conn.ExecContext(ctx, text)
	}
	if err != nil {
		return s.lose(ctx, fmt.Errorf("tidy session: %w", err))
	}
	return nil
}

// lose notes that the session ended, closes it for good, and gives the error that says so.
func (s *session) lose(ctx context.Context, err error) error {
	if s.lost == nil {
		s.lost = &OperationError{SQLState: stateOf(err), Reason: SessionLost, Cause: err}
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
	s.releaseAll(ctx, r, []lock.Lease{lease})
}

func (s *session) releaseAll(ctx context.Context, r *run, leases []lock.Lease) {
	if s.lost != nil {
		return
	}
	if err := lock.Release(ctx, leases...); err != nil {
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
