package executor

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// A session that is inside a transaction is refused before anything is set on it.
func TestSettingsInATransaction(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"open":                "begin; set search_path = ''",
		"open, in a hurry":    "begin; set search_path = ''; set local statement_timeout = '1ms'",
		"failed":              "begin; set search_path = ''; select 1/0",
		"open, nothing to do": "begin",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t).wants(lifecycle.Create, 1)
			conn := w.db.Conn(t)
			found, err := session.Read(t.Context(), conn)
			is.NoErr(err)
			_, _ = conn.ExecContext(t.Context(), text)
			e := executor(w)
			e.Settings = found
			e.read = nil
			_, err = e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
			is.True(errors.Is(err, ErrInTransaction))
			_, err = conn.ExecContext(t.Context(), "rollback")
			is.NoErr(err)
			var path, limit string
			is.NoErr(conn.QueryRowContext(t.Context(), "select current_setting('search_path'), current_setting('statement_timeout')").Scan(&path, &limit))
			is.Equal(path+" "+limit, `"$user", public 0`)
		})
	}
}

// The zero value is of no session: what is there stays.
func TestNoSettings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	conn := w.db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "set search_path = ''")
	is.NoErr(err)
	e := executor(w)
	e.Settings, e.Locker = new(session.Settings), lock.None{}
	is.True(e.Settings.IsZero())
	_, err = e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(w.state(1), "attached")
}
