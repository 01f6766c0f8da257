package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for text, want := range map[string]string{
		"postgres://app:secret@db/shop":                    "postgres://***@db/shop",
		"dial postgresql://app:se:c/r@et@db/shop?x=y: no":  "dial postgresql://***@db/shop?x=y: no",
		"POSTGRES://app:secret@db":                         "POSTGRES://***@db",
		"host=db password=secret user=app":                 "host=db password=***",
		"host=db password = 'se cr\\'et' user=app":         "host=db password=***",
		"postgres://db/shop?password=secret&sslmode=a":     "postgres://db/shop?password=***",
		"postgres://db/shop?sslpassword=secret":            "postgres://db/shop?sslpassword=***",
		"postgres://app@db:5432/shop":                      "postgres://***@db:5432/shop",
		"a.yaml:3:5: owner app@tenant is not known":        "a.yaml:3:5: owner app@tenant is not known",
		"connect to db:5432 (database shop, user app@own)": "connect to db:5432 (database shop, user app@own)",
		"a.yaml:3:5: not a name, \"app:se cret@db\"":       "a.yaml:3:5: not a name, \"app:***@db\"",
		"alter role app password 'secret'":                 "alter role app password ***",
		"pg://app:***@db":                                  "pg://***@db",
		"wrong password or unknown user":                   "wrong password or unknown user",
	} {
		is.Equal(Redact(text), want)
	}
}

// No way to fail shows the password.
func TestOpenHidesPassword(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, url := range []string{
		"postgres://app:hunter2@[db/shop", "postgres://app:hunter2@db:port/shop", "postgres://app:hun%ter2@db/shop",
		"postgres://app:hunter2@127.0.0.1:1/shop", "host=127.0.0.1 port=1 password=hunter2", "host=db password='hunter2",
		"password=hunter2 service=none servicefile=/none", "postgres://app:hunter2@127.0.0.1:1/shop?sslmode=sometimes",
		"postgres://app:hunter2@127.0.0.1:1/shop?sslrootcert=/none&sslmode=verify-ca", "app:hunter2@db", "hunter2",
	} {
		_, err := Open(ctx, url, Options{})
		switch {
		case err == nil:
			t.Errorf("%s: no error", url)
		case strings.Contains(err.Error(), "hunter2"), strings.Contains(err.Error(), "hun%"):
			t.Errorf("%s: shown in %q", url, err)
		case strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: more than a line in %q", url, err)
		}
	}
}

// A server without TLS was asked for it first, and then without: the second way says what is wrong.
func TestCauseIsTheLastWay(t *testing.T) {
	t.Parallel()
	cause := func(err error) string { return cause(err, new(pgx.ConnConfig)) }
	is := is.New(t)
	refused, timeout := errors.New("server refused TLS connection"), context.DeadlineExceeded
	is.True(strings.Contains(cause(errors.Join(refused, fmt.Errorf("dial: %w", timeout))), "no answer in time"))
	is.True(strings.Contains(cause(errors.Join(timeout, refused)), "offers no TLS"))
	is.True(strings.Contains(cause(errors.Join(&pgconn.PgError{Code: "28P01"}, refused)), "wrong password"))
}

func TestOpenEndsWithContext(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	cancel(reason)
	_, err := Open(ctx, "postgres://app@127.0.0.1:1/shop", Options{})
	is.True(errors.Is(err, reason))
}

// A statement whose context ends is cancelled at the server, and the session goes on.
func TestCancelLeavesSession(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	database, err := Open(t.Context(), db.URL, Options{Doing: "goose up"})
	is.NoErr(err)
	defer database.Close()
	conn, err := database.Conn(t.Context())
	is.NoErr(err)
	var before, after int
	var name string
	is.NoErr(conn.QueryRowContext(t.Context(), "select pg_backend_pid(), current_setting('application_name')").Scan(&before, &name))
	is.Equal(name, "partsmith-migrate: goose up")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = conn.ExecContext(ctx, "begin; select pg_sleep(60)")
	is.True(err != nil)
	_, err = conn.ExecContext(t.Context(), "rollback")
	is.NoErr(err)
	is.NoErr(conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&after))
	is.Equal(before, after)
}
