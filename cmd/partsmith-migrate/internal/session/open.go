package session

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Options are what a connection string does not say. The zero value tries once.
type Options struct {
	Doing string // what the sessions are for, such as apply: pg_stat_activity shows it behind the program's name

	For     time.Duration // how long a server that is not up yet is waited for; 0: it is tried once
	Waiting func(error)   // called once, with a ConnectError, before the first wait; may be nil
}

// application is what pg_stat_activity shows, unless the connection string or PGAPPNAME names another.
func (o Options) application() string {
	if o.Doing == "" {
		return "partsmith-migrate"
	}
	return "partsmith-migrate: " + o.Doing
}

const (
	// patience bounds the connecting where neither connect_timeout nor PGCONNECT_TIMEOUT does.
	patience = 10 * time.Second
	// farewell is how long the server has to answer the cancelling of a statement before the connection is given up.
	farewell = 5 * time.Second
)

// Open connects to a database, given as a URL or as libpq's key=value pairs; what it leaves out comes from libpq's PG*
// variables. One connection has been made when it returns. A statement whose context ends is cancelled at the server,
// so the session can still roll back and unlock. Names travel as UTF-8, and the server ends a session whose client is gone;
// what the connection string says of that itself is left as it is said. Through a pooler in transaction mode one can read,
// and every lock is refused.
//
// The error is a URLError where the text cannot be read, a ConnectError where nobody answers or lets us in (at once, or after
// Options.For where the server is not up yet), or the end of ctx.
func Open(ctx context.Context, url string, options Options) (*sql.DB, error) {
	url = strings.TrimSpace(url)
	config, err := pgx.ParseConfig(url)
	if err != nil || strings.ContainsAny(config.Host, "@ ") && !strings.HasPrefix(config.Host, "/") {
		return nil, newURLError(err, url)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = options.application()
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = patience
	}
	config.DialFunc = dialer(config.ConnectTimeout).DialContext
	config.BuildContextWatcherHandler = cancelAtServer
	return options.await(ctx, func() (*sql.DB, error) { return connect(ctx, url, config) })
}

// connect tries once. A pooler in transaction mode is known by what it answers.
func connect(ctx context.Context, url string, config *pgx.ConnConfig) (*sql.DB, error) {
	database, err := reach(ctx, config)
	if pooled := (*lock.PooledError)(nil); errors.As(err, &pooled) {
		config.DefaultQueryExecMode = max(config.DefaultQueryExecMode, pgx.QueryExecModeExec) // nothing is prepared
		database, err = reach(ctx, config, pooled)
	}
	if err != nil {
		return nil, failure(ctx, url, config, err)
	}
	return database, nil
}

// reach makes one connection. A pooler in transaction mode is an error unless it is expected.
func reach(ctx context.Context, config *pgx.ConnConfig, expected ...*lock.PooledError) (*sql.DB, error) {
	database := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		err := prepare(ctx, conn)
		if pooled := (*lock.PooledError)(nil); errors.As(err, &pooled) && len(expected) > 0 {
			return nil
		}
		return err
	}))
	if err := database.PingContext(ctx); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return database, nil
}

func cancelAtServer(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: farewell}
}

// failure prefers the end of ctx over what it led to.
func failure(ctx context.Context, url string, config *pgx.ConnConfig, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return connectError(err, url, config)
}
