package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// parameter is a parameter of the session as it was found.
type parameter struct {
	name, value string
	own         bool // it is the session's own default
}

func (p parameter) sql() string {
	if p.own {
		return "RESET " + p.name
	}
	return setConfig(p.name, p.value)
}

// Set sets parameters until End puts them back. A session on which that fails is closed for good.
func (s *Session) Set(ctx context.Context, set ...ddl.Setting) error {
	if err := s.remember(ctx, names(set)); err != nil {
		return err
	}
	s.own = append(s.own, set...)
	if err := unhurried(ctx, func() error { return s.send(ctx, settingText(set)) }); err != nil {
		return errors.Join(err, s.discard(ctx))
	}
	return nil
}

// Under has work done while parameters are set, for a role where one is given, and then sets these to what they were before. It is for
// statements that stand outside any transaction. Where the session ended meanwhile, nothing is put back: it is known by Ended.
func (s *Session) Under(ctx context.Context, set []ddl.Setting, role string, work func() error) error {
	if err := s.remember(ctx, names(set)); err != nil {
		return err
	}
	text, back := settingText(set), ""
	for _, one := range set {
		back += s.back(one.Name) + ";\n"
	}
	if role != "" {
		text += "SET ROLE " + roleIdent(role) + ";\n"
		back += "SET ROLE " + roleIdent(s.role) + ";\n"
	}
	err := s.send(ctx, text)
	if err == nil {
		err = work()
	}
	if err != nil && Ended(err) {
		return err
	}
	return errors.Join(err, s.Tidy(ctx, back))
}

// Lend gives the session to somebody who may take long over what is no statement, and may not answer for a minute.
func (s *Session) Lend(ctx context.Context, use func() error) error {
	const limit = "idle_session_timeout"
	if err := s.Tidy(ctx, ddl.Setting{Name: limit, Value: "0"}.SQL()); err != nil {
		return err
	}
	err := use()
	if s.lost == nil {
		err = errors.Join(err, s.Tidy(ctx, s.back(limit)))
	}
	return err
}

// back is SQL that gives a parameter what it has while the session works: what Set has set last, else what it came with.
func (s *Session) back(name string) string {
	for _, set := range slices.Backward(s.own) {
		if set.Name == name {
			return set.SQL()
		}
	}
	for _, p := range s.found {
		if p.name == name {
			return p.sql()
		}
	}
	return "RESET " + name
}

// remember reads what parameters are that were not read before, and who serves the session.
func (s *Session) remember(ctx context.Context, names []string) error {
	names = slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(s.found, func(p parameter) bool { return p.name == name })
	})
	if len(names) == 0 {
		return nil
	}
	var found []parameter
	err := unlimited(ctx, s.conn, func() (err error) {
		found, err = s.look(ctx, names)
		return err
	})
	if err != nil {
		return fmt.Errorf("read settings of session: %w", err)
	}
	s.found = append(s.found, found...)
	return nil
}

func (s *Session) look(ctx context.Context, names []string) (found []parameter, err error) {
	const query = `select s.name, ` + foundTimeout + `, ` + foundTimeout + ` operator(pg_catalog.=) s.reset_val,
  pg_catalog.current_setting('role'), pg_catalog.pg_backend_pid()
from pg_catalog.pg_settings s where s.name operator(pg_catalog.=) any (pg_catalog.string_to_array($1, ','))`
	rows, err := s.conn.QueryContext(ctx, query, strings.Join(names, ","))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p parameter
		if err := rows.Scan(&p.name, &p.value, &p.own, &s.role, &s.pid); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

func names(set []ddl.Setting) []string {
	all := make([]string, len(set))
	for i, one := range set {
		all[i] = one.Name
	}
	return all
}

func settingText(set []ddl.Setting) string {
	var b strings.Builder
	for _, one := range set {
		b.WriteString(one.SQL() + ";\n")
	}
	return b.String()
}
