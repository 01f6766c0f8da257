package session

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Settings are what a session was set to at one moment: every parameter that SET can change, its role and its user. They are
// read before somebody works on the session, so that what follows need not work under what is left behind. The zero value is of
// no session.
type Settings struct {
	user, role string // session_user, and the setting `role`: a role, or none
	super      bool   // parameters of superusers can be set, too
	values     map[string]value
}

// value is that of one parameter, in the unit that the server keeps it in.
type value struct {
	text  string
	super bool // only superusers may set it
}

// IsZero reports whether they are of no session.
func (s *Settings) IsZero() bool { return s == nil || s.values == nil }

// Read reads the settings of a session that is outside any transaction. It changes nothing and locks nothing.
func Read(ctx context.Context, conn *sql.Conn) (*Settings, error) {
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
		for s.values = map[string]value{}; rows.Next(); {
			var name string
			var v value
			if err := rows.Scan(&name, &v.text, &v.super, &s.user, &s.role, &s.super); err != nil {
				return err
			}
			s.values[name] = v
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
		if known && want.text != has.text && (!want.super || s.super || other.super) {
			calls = append(calls, setConfig(name, want.text))
		}
	}
	if len(calls) == 0 {
		return ""
	}
	return strings.Join(calls, ";\n") + ";\n"
}

// setConfig sets a parameter, also one that is a list.
func setConfig(name, value string) string {
	return fmt.Sprintf("SELECT pg_catalog.set_config(%s, %s, false)", catalog.QuoteLiteral(name), catalog.QuoteLiteral(value))
}

func roleIdent(role string) string {
	if role == "" || role == "none" {
		return "NONE"
	}
	return catalog.QuoteIdent(role)
}
