package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// setting is one that the server has for each session.
type setting struct{ name, value string }

// utf8 is what names are sent and read in, whatever role and database say: a program written in Go has no other.
func utf8() setting { return setting{"client_encoding", "UTF8"} }

// safeguards end the session of a client that is not there any more, with its locks: a statement that runs on (1 s, PostgreSQL
// 14 and later), a client that was stopped (a minute without a word), a host that is gone (half a minute). On a unix
// socket the server takes no notice of the last four.
func safeguards() []setting {
	return []setting{
		{"client_connection_check_interval", "1s"},
		{"idle_session_timeout", "1min"},
		{"tcp_keepalives_idle", "15"},
		{"tcp_keepalives_interval", "5"},
		{"tcp_keepalives_count", "3"},
		{"tcp_user_timeout", "30s"},
	}
}

// dialer looks for a server that is gone in the same time as the server does for us.
func dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}}
}

// EncodingError says that names of a database cannot be read as UTF-8.
type EncodingError struct{ Encoding string }

func (e *EncodingError) Error() string {
	return "the server cannot translate its encoding, " + e.Encoding + ", into UTF8"
}

// prepare makes a new connection ours. Its settings are not asked for at the start of the session, where poolers refuse them, but set
// in one message afterwards; a pooler in session mode takes them back at the session's end. One in transaction mode does not,
// so there nothing is set but the encoding, which poolers keep for each client, and the error is a lock.PooledError.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	all := append([]setting{utf8()}, wanted(conn)...)
	greeted := " where pg_catalog.pg_backend_pid() operator(pg_catalog.=) " + strconv.FormatUint(uint64(conn.PgConn().PID()), 10)
	if done, err := set(ctx, conn, all, greeted); err == nil && done {
		return nil
	}
	if conn.IsClosed() {
		return errors.New("the connection was lost")
	}
	pooled := lock.CheckSession(ctx, conn)
	if err := translate(ctx, conn); err != nil {
		return err
	}
	if pooled != nil {
		return pooled
	}
	if _, err := set(ctx, conn, all, ""); err == nil {
		return nil
	}
	for _, s := range all {
		_, _ = set(ctx, conn, []setting{s}, "") // not every platform has each
	}
	return nil
}

// wanted are the safeguards but for those that the connection string itself names.
func wanted(conn *pgx.Conn) (left []setting) {
	given := conn.Config().RuntimeParams
	for _, s := range safeguards() {
		if _, named := given[s.name]; !named && !strings.Contains(given["options"], s.name) {
			left = append(left, s)
		}
	}
	return left
}

// translate sets the encoding, where it is another.
func translate(ctx context.Context, conn *pgx.Conn) error {
	if conn.PgConn().ParameterStatus("client_encoding") == utf8().value {
		return nil
	}
	_, err := set(ctx, conn, []setting{utf8()}, "")
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return &EncodingError{Encoding: conn.PgConn().ParameterStatus("server_encoding")}
	}
	return err
}

// set reports whether the condition held. It speaks the simple protocol: nothing is prepared.
func set(ctx context.Context, conn *pgx.Conn, all []setting, condition string) (done bool, err error) {
	calls := make([]string, len(all))
	for i, s := range all {
		calls[i] = fmt.Sprintf("pg_catalog.set_config('%s', '%s', false)", s.name, s.value)
	}
	results, err := conn.PgConn().Exec(ctx, "select "+strings.Join(calls, ", ")+condition).ReadAll()
	return err == nil && len(results) == 1 && len(results[0].Rows) == 1, err
}
