package fault_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/fault"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A conversation of three messages, the beginning and two queries, is cut where the point says, and nowhere else: what the
// server has got it has done, and what the client has got it knows.
func TestProxyCutsAtThePoint(t *testing.T) {
	t.Parallel()
	for at, want := range map[fault.Point]struct {
		did  int // how many rows the server inserted
		knew int // how many inserts the client knows of, -1: it is not even connected
	}{
		{1, fault.Before}: {0, -1}, {1, fault.After}: {0, -1}, {1, fault.Answered}: {0, 0},
		{2, fault.Before}: {0, 0}, {2, fault.After}: {1, 0}, {2, fault.Answered}: {1, 1},
		{3, fault.Before}: {1, 1}, {3, fault.After}: {2, 1}, {3, fault.Answered}: {2, 2},
		{4, fault.Before}: {2, 2}, {5, fault.Before}: {2, 2}, {}: {2, 2},
	} {
		t.Run(at.String(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, "create table done ()")
			proxy, err := fault.Listen(db.URL)
			is.NoErr(err)
			defer proxy.Close()
			pid := 0
			proxy.Break(at, func(l fault.Link) fault.Next { pid = l.PID; return fault.Cut })
			knew := -1
			if conn, err := pgx.Connect(t.Context(), proxy.URL()); err == nil {
				for knew = 0; knew < 2; knew++ {
					if _, err := conn.Exec(t.Context(), "insert into done default values"); err != nil {
						break
					}
				}
				_ = conn.Close(t.Context())
			}
			proxy.Close()
			is.Equal(knew, want.knew)
			eventually := fmt.Sprintf("select count(*) = %d from done", want.did)
			for db.Text(t, eventually) != "true" || db.Text(t, "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'") != "0" {
				is.NoErr(t.Context().Err())
			}
			is.Equal(pid != 0, struck(proxy) && (at.Message > 1 || at.Where == fault.Answered))
		})
	}
}

// The steps of the extended protocol have answers of their own.
func TestProxyCutsBetweenTheStepsOfAStatement(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	for n, where := range []fault.Where{fault.Before, fault.After, fault.Answered} {
		proxy, err := fault.Listen(db.URL)
		is.NoErr(err)
		proxy.Break(fault.Point{Message: 4 + n, Where: where}, func(fault.Link) fault.Next { return fault.Cut })
		conn, err := pgx.Connect(t.Context(), proxy.URL())
		is.NoErr(err)
		var got int
		err = conn.QueryRow(t.Context(), "select $1::int", 7).Scan(&got) // Parse, Describe, Sync, Bind, Describe, Execute, Sync
		is.True(err != nil)
		is.True(struck(proxy))
		proxy.Close()
	}
	proxy, err := fault.Listen(db.URL)
	is.NoErr(err)
	conn, err := pgx.Connect(t.Context(), proxy.URL())
	is.NoErr(err)
	_, err = conn.Exec(t.Context(), "this is no statement")
	is.True(err != nil && strings.Contains(err.Error(), "42601"))
	is.NoErr(conn.Close(t.Context()))
	for proxy.Count() < 3 { // the beginning, the query, and, without an answer, the end
		is.NoErr(t.Context().Err())
	}
	proxy.Close()
	is.Equal(proxy.Count(), 3)
}
