package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// Source is where sessions come from. A *sql.DB is one. Whoever gets a session closes it.
type Source interface {
	Conn(ctx context.Context) (*sql.Conn, error)
}

// Session is one session of a server, which may be anybody's. What is changed on it is put back, or it is closed for good. It is
// not safe for concurrent use. The zero value is of no use: On makes one.
type Session struct {
	conn  *sql.Conn
	came  *Settings     // before Begin, nil: they were left alone
	under *Settings     // since then
	own   []ddl.Setting // what Set has set since
	found []parameter   // what that was before, to be put back
	pid   int           // of the server process, 0: it was not asked
	role  string        // the setting `role` as it was found: a role, or none
	lost  *LostError
}

// On is the session of a connection, as it comes. Nothing is sent.
func On(conn *sql.Conn) *Session { return &Session{conn: conn} }

// Conn is the connection. It stays the caller's to close.
func (s *Session) Conn() *sql.Conn { return s.conn }

// PID is the number of the server process; zero before Prepare.
func (s *Session) PID() int { return s.pid }

// Begin gives the session the settings that it is to work under, and remembers those that it came with. Nil or zero: it stays as
// it is, and nothing is sent. The error is ErrInTransaction, or the server's; a session of which it is not known what it is set
// to is closed for good.
func (s *Session) Begin(ctx context.Context, want *Settings) error {
	if want.IsZero() {
		return nil
	}
	found, err := Read(ctx, s.conn)
	switch {
	case sqlstate.Of(err) == "25P02":
		return ErrInTransaction
	case err != nil:
		return err
	case want.from(found) == "":
		return nil
	}
	if err := s.Free(ctx); err != nil {
		return err
	}
	if found, err = s.readable(ctx, found, want); err != nil {
		return err
	}
	s.came, s.under = found, want
	return s.change(ctx, want.from(found))
}

// readable reads the settings again where they came in another encoding than ours.
func (s *Session) readable(ctx context.Context, found, want *Settings) (*Settings, error) {
	const name = "client_encoding"
	theirs := found.values[name]
	if theirs == want.values[name] {
		return found, nil
	}
	if err := s.change(ctx, setConfig(name, want.values[name].text)+";"); err != nil {
		return nil, err
	}
	found, err := Read(ctx, s.conn)
	if err != nil {
		return nil, errors.Join(err, s.discard(ctx))
	}
	found.values[name] = theirs
	return found, nil
}

// change sends what sets things on the session. One on which that fails is closed for good.
func (s *Session) change(ctx context.Context, text string) error {
	err := unhurried(ctx, func() error { return s.send(ctx, text) })
	if err != nil {
		return errors.Join(fmt.Errorf("work under the settings from before the migrations: %w", err), s.discard(ctx))
	}
	return nil
}

// quiet is how long a session of ours may be silent. While it waits for a lock it asks every 300 ms.
const quiet = "60s"

// limitless are the settings that work needs, whatever the role, the database or the session has: no limit that would end a
// statement which needs none, and one for a client that stopped or a host that died between two statements, whose locks nobody
// else could take for ever. A transaction has its own limits in its text. transaction_timeout exists from PostgreSQL 17 on,
// idle_session_timeout from 14 on.
func limitless(version int) []ddl.Setting {
	set := []ddl.Setting{{Name: "statement_timeout", Value: "0"}, {Name: "lock_timeout", Value: "0"}, {Name: "idle_session_timeout", Value: quiet},
		{Name: "default_transaction_read_only", Value: "off"}}
	if version >= 170000 {
		set = append(set, ddl.Setting{Name: "transaction_timeout", Value: "0"})
	}
	return set
}

// Prepare has the session work without any limit but those that a transaction brings along, on a server of this version
// (server_version_num). A session that is silent for a minute is ended by the server. The error is ErrInTransaction, or the
// server's.
func (s *Session) Prepare(ctx context.Context, version int) error {
	if err := s.Free(ctx); err != nil {
		return err
	}
	set := limitless(version)
	if err := s.remember(ctx, append(names(set), "TimeZone", "DateStyle")); err != nil { // these Under may be asked for
		return err
	}
	if err := s.Set(ctx, set...); err != nil {
		return fmt.Errorf("prepare session: %w", err)
	}
	return nil
}

// End gives the session everything back that it came with, whatever became of ctx. A session that is lost has nothing to be given.
func (s *Session) End(ctx context.Context) {
	if s.lost != nil {
		return
	}
	var b strings.Builder
	for _, p := range s.found {
		b.WriteString(p.sql() + ";\n")
	}
	if err := s.Tidy(ctx, b.String()); err == nil && s.came != nil {
		_ = s.Tidy(ctx, s.came.from(s.under)) // where it fails, it is closed
	}
}
