package session

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A session lives longer than its idle_session_timeout while something goes on elsewhere.
func TestAwake(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	conn, err := opened(t, db.URL+"&idle_session_timeout=2s").Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	awake(t.Context(), conn, 50*time.Millisecond, func() {
		for db.Text(t, `select pg_sleep(0.1) is null or max(clock_timestamp() - backend_start) > '3s' from pg_stat_activity
			where application_name = 'partsmith-migrate' and datname = current_database()`) == "false" {
		}
	})
	is.NoErr(conn.PingContext(t.Context()))
}
