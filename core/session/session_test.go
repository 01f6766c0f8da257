package session_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// theirs is what a session may come with.
const theirs = `set search_path = "$user", 'a b'; set statement_timeout = '7s'; set lock_timeout = 0; set timezone = 'Asia/Kathmandu'; set datestyle = 'German, DMY'`

// shown are the settings that the tests look at.
func shown(t *testing.T, conn *sql.Conn) string {
	t.Helper()
	var all []string
	for _, name := range []string{"search_path", "statement_timeout", "lock_timeout", "idle_session_timeout", "timezone", "datestyle", "role"} {
		var value string
		if err := conn.QueryRowContext(t.Context(), "select current_setting($1)", name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
	}
	return strings.Join(all, "; ")
}

func exec(t *testing.T, conn *sql.Conn, text string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsSetIsPutBack(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	role := db.Role(t, "visitor")
	conn := db.Conn(t)
	exec(t, conn, theirs)
	before := shown(t, conn)
	s := session.On(conn)
	is.Equal(s.PID(), 0)
	is.NoErr(s.Prepare(t.Context(), 140000))
	is.True(s.PID() > 0)
	working := `"$user", "a b"; 0; 0; 1min; Asia/Kathmandu; German, DMY; none`
	is.Equal(shown(t, conn), working)
	is.NoErr(s.Under(t.Context(), []ddl.Setting{{Name: "lock_timeout", Value: "5ms"}, {Name: "TimeZone", Value: "UTC"}, {Name: "search_path", Value: "pg_catalog"}}, role, func() error {
		is.Equal(shown(t, conn), `pg_catalog; 0; 5ms; 1min; UTC; German, DMY; `+role)
		return nil
	}))
	is.Equal(shown(t, conn), working)
	is.NoErr(s.Set(t.Context(), ddl.Setting{Name: "search_path", Value: "Of One"}))
	is.Equal(shown(t, conn), strings.Replace(working, `"$user", "a b"`, `"Of One"`, 1))
	is.NoErr(s.Lend(t.Context(), func() error {
		is.True(strings.Contains(shown(t, conn), "; 0; 0; 0; Asia"))
		return nil
	}))
	is.True(strings.Contains(shown(t, conn), "; 0; 0; 1min; Asia"))
	s.End(t.Context())
	is.Equal(shown(t, conn), before)
	is.True(s.Lost() == nil)
}

// Settings are put back after an error of the server's and after the end of the context, and what failed is rolled back.
func TestErrorsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	conn := db.Conn(t)
	exec(t, conn, theirs)
	before := shown(t, conn)
	s := session.On(conn)
	is.NoErr(s.Prepare(t.Context(), 140000))
	is.True(s.Transaction(t.Context(), "begin; create table lost (); select 1/0; commit") != nil)
	is.NoErr(s.Free(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	failing := errors.New("failing")
	err := s.Under(ctx, []ddl.Setting{{Name: "lock_timeout", Value: "5ms"}}, "", func() error {
		cancel()
		_, err := conn.ExecContext(t.Context(), "select 1/0")
		return errors.Join(failing, err)
	})
	is.True(errors.Is(err, failing))
	is.True(s.Lost() == nil)
	s.End(ctx)
	is.Equal(shown(t, conn), before)
	is.Equal(db.Text(t, "select to_regclass('lost') is null"), "true")
}

// A search_path that is empty is not the session's own default.
func TestAnEmptyValueIsAValue(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	conn := db.Conn(t)
	exec(t, conn, "set search_path = ''")
	s := session.On(conn)
	is.NoErr(s.Set(t.Context(), ddl.Setting{Name: "search_path", Value: "public"}))
	s.End(t.Context())
	is.True(strings.HasPrefix(shown(t, conn), `""; `))
}

func TestATransactionThatIsOpen(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"open": "begin", "failed": "begin; select 1/0", "in a hurry": "begin; set local statement_timeout = '1ms'"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			conn := db.Conn(t)
			s := session.On(conn)
			is.NoErr(s.LeftOpen(t.Context()))
			_, _ = conn.ExecContext(t.Context(), text)
			is.True(errors.Is(s.Prepare(t.Context(), 140000), session.ErrInTransaction))
			_, _ = conn.ExecContext(t.Context(), "rollback; "+text)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			is.True(errors.Is(s.LeftOpen(ctx), session.ErrInTransaction))
			is.NoErr(s.Free(t.Context()))
		})
	}
}

// A session that cannot be tidied up is closed for good, and says so once and for all.
func TestASessionThatIsLost(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	conn := db.Conn(t)
	s := session.On(conn)
	is.NoErr(s.Prepare(t.Context(), 140000))
	still := errors.New("not because of this")
	is.True(errors.Is(s.Check(t.Context(), still), still))
	is.True(s.Lost() == nil)
	var killed bool
	is.NoErr(db.Conn(t).QueryRowContext(t.Context(), "select pg_terminate_backend($1, 5000)", s.PID()).Scan(&killed))
	is.True(killed)
	err := s.Transaction(t.Context(), "begin; commit")
	is.True(session.Ended(err))
	var lost *session.LostError
	is.True(errors.As(s.Check(t.Context(), err), &lost))
	is.True(errors.Is(lost, err))
	is.Equal(s.Lost(), lost)
	is.True(errors.As(s.Lose(t.Context(), still), &lost))
	is.True(!errors.Is(lost, still))
	s.End(t.Context())
	is.True(errors.Is(conn.PingContext(t.Context()), sql.ErrConnDone))
}

// The settings of one session make another one work alike, and that one has its own back.
func TestSettingsOfAnotherSession(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	role := db.Role(t, "visitor")
	first, second := db.Conn(t), db.Conn(t)
	wanted, err := session.Read(t.Context(), first)
	is.NoErr(err)
	is.True(!wanted.IsZero())
	exec(t, second, theirs+"; set role "+role)
	before := shown(t, second)
	s := session.On(second)
	is.NoErr(s.Begin(t.Context(), wanted))
	is.Equal(shown(t, second), shown(t, first))
	is.NoErr(s.Prepare(t.Context(), 140000))
	s.End(t.Context())
	is.Equal(shown(t, second), before)

	untouched := session.On(second)
	is.NoErr(untouched.Begin(t.Context(), new(session.Settings)))
	is.Equal(shown(t, second), before)
}
