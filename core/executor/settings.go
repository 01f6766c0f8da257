package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Settings are what a session was set to at one moment: every parameter that SET can change, its role and its user. They are
// read before somebody works on the session, so that an Executor need not work under what is left behind. The zero value is of
// no session: an Executor works under what it finds.
type Settings struct {
	user, role string // session_user, and the setting `role`: a role, or none
	super      bool   // parameters of superusers can be set, too
	values     map[string]parameter
}

// parameter is one of them, in the unit that the server keeps it in.
type parameter struct {
	value string
	super bool // only superusers may set it
}

// IsZero reports whether they are of no session.
func (s *Settings) IsZero() bool { return s == nil || s.values == nil }

// ReadSettings reads the settings of a session that is outside any transaction. It changes nothing and locks nothing.
func ReadSettings(ctx context.Context, conn *sql.Conn) (*Settings, error) {
	// The three that are left out belong to a transaction.
	const query = `select s.name, coalesce(` + foundTimeout + `, ''), s.context operator(pg_catalog.=) 'superuser', session_user::pg_catalog.text,
  pg_catalog.current_setting('role'), pg_catalog.current_setting('is_superuser') operator(pg_catalog.=) 'on'
from pg_catalog.pg_settings s
where s.context operator(pg_catalog.=) any (array['user', 'superuser'])
  and s.name operator(pg_catalog.<>) all (array['transaction_isolation', 'transaction_read_only', 'transaction_deferrable'])`
	s := &Settings{}
	err := unlimited(ctx, conn, func() error {
		rows, err := conn.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for s.values = map[string]parameter{}; rows.Next(); {
			var name string
			var p parameter
			if err := rows.Scan(&name, &p.value, &p.super, &s.user, &s.role, &s.super); err != nil {
				return err
			}
			s.values[name] = p
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read settings of session: %w", err)
	}
	return s, nil
}

// from is what makes a session with other settings have these; empty where it has them. What only superusers may set is set
// while the session is one.
func (s *Settings) from(other *Settings) string {
	who, what := s.whoFrom(other), s.whatFrom(other)
	if s.super {
		return who + what
	}
	return what + who
}

func (s *Settings) whoFrom(other *Settings) string {
	var b strings.Builder
	if s.user != other.user {
		fmt.Fprintf(&b, "SET SESSION AUTHORIZATION %s;\n", catalog.QuoteIdent(s.user))
	}
	if s.user != other.user || s.role != other.role {
		fmt.Fprintf(&b, "SET ROLE %s;\n", roleIdent(s.role))
	}
	return b.String()
}

func (s *Settings) whatFrom(other *Settings) string {
	var calls []string
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		want, has := s.values[name], other.values[name]
		_, known := other.values[name]
		if known && want.value != has.value && (!want.super || s.super || other.super) {
			calls = append(calls, setConfig(name, want.value))
		}
	}
	if len(calls) == 0 {
		return ""
	}
	return strings.Join(calls, ";\n") + ";\n"
}

func setConfig(name, value string) string {
	return fmt.Sprintf("SELECT pg_catalog.set_config(%s, %s, false)", catalog.QuoteLiteral(name), catalog.QuoteLiteral(value))
}

func roleIdent(role string) string {
	if role == "" || role == "none" {
		return "NONE"
	}
	return catalog.QuoteIdent(role)
}

// begin gives the session the settings that the run is to work under, and remembers those that it came with.
func (s *session) begin(ctx context.Context, want *Settings) error {
	if want.IsZero() {
		return nil
	}
	found, err := ReadSettings(ctx, s.conn)
	switch {
	case stateOf(err) == "25P02":
		return ErrInTransaction
	case err != nil:
		return err
	case want.from(found) == "":
		return nil
	}
	if err := s.free(ctx); err != nil {
		return err
	}
	if found, err = s.readable(ctx, found, want); err != nil {
		return err
	}
	s.came, s.under = found, want
	return s.change(ctx, want.from(found))
}

// readable reads the settings again where they came in another encoding than ours.
func (s *session) readable(ctx context.Context, found, want *Settings) (*Settings, error) {
	const name = "client_encoding"
	theirs := found.values[name]
	if theirs == want.values[name] {
		return found, nil
	}
	if err := s.change(ctx, setConfig(name, want.values[name].value)+";"); err != nil {
		return nil, err
	}
	found, err := ReadSettings(ctx, s.conn)
	if err != nil {
		return nil, errors.Join(err, s.discard(ctx))
	}
	found.values[name] = theirs
	return found, nil
}

// change sends what sets things on the session. One on which that fails is closed for good.
func (s *session) change(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	err := unhurried(ctx, func() error { _, err := s.conn.ExecContext(ctx, text); return err })
	if err != nil {
		return errors.Join(fmt.Errorf("work under the settings from before the migrations: %w", err), s.discard(ctx))
	}
	return nil
}

// end gives the session back the settings that it came with.
func (s *session) end(ctx context.Context) {
	if s.came != nil && s.lost == nil {
		_ = s.tidy(ctx, s.came.from(s.under))
	}
}
