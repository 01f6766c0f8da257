package integration

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A standby is refused at the start, with a sentence that says what to do.
func TestServer_standby_is_refused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.New(t) // where no server is installed, this says so
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, err := pgtest.Start(ctx, pgtest.Options{Standby: true})
	is.NoErr(err)
	defer server.Stop()
	pool, err := sql.Open("pgx", server.URL("postgres"))
	is.NoErr(err)
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	is.NoErr(err)
	defer conn.Close()
	tasks := []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "events"}, Policy: daily("3", "2")}}
	_, err = executor.Executor{}.Run(ctx, conn, tasks, time.Time{})
	var standby catalog.StandbyError
	is.True(errors.As(err, &standby))
	is.True(strings.Contains(err.Error(), "primary"))
}
