package pgtest_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A server that has crashed comes back with all that it had acknowledged.
func TestCrashAndRestart(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.New(t) // where no server is installed, this says so
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := pgtest.Start(ctx, pgtest.Options{Settings: map[string]string{"synchronous_commit": "on"}})
	is.NoErr(err)
	defer server.Stop()
	pool, err := sql.Open("pgx", server.URL("postgres"))
	is.NoErr(err)
	defer pool.Close()
	pool.SetMaxIdleConns(-1)
	_, err = pool.ExecContext(ctx, "create table kept ()")
	is.NoErr(err)
	for range 2 {
		_, err = pool.ExecContext(ctx, "insert into kept default values")
		is.NoErr(err)
		is.NoErr(server.Crash())
		is.True(pool.PingContext(ctx) != nil)
		is.NoErr(server.Restart(ctx))
	}
	var kept int
	is.NoErr(pool.QueryRowContext(ctx, "select count(*) from kept").Scan(&kept))
	is.Equal(kept, 2)
}
