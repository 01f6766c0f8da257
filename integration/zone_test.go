package integration

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// newYork is a database whose clocks are New York's, with daily partitions at its midnights from a day on.
func newYork(t *testing.T, from string, days int, policy lifecycle.Policy) *scenario {
	t.Helper()
	s := scene(t, "public.events", `CREATE TABLE events (at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)`, policy)
	s.db.SQL().SetMaxIdleConns(0) // a session takes the database's settings when it begins
	s.db.Exec(t, `ALTER DATABASE `+s.db.Name+` SET timezone = 'America/New_York'`)
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	for n := range days {
		day, next := first.AddDate(0, 0, n), first.AddDate(0, 0, n+1)
		s.db.Exec(t, fmt.Sprintf(`CREATE TABLE events_p%s PARTITION OF events FOR VALUES FROM ('%s') TO ('%s')`,
			day.Format("20060102"), day.Format(time.DateOnly), next.Format(time.DateOnly)))
	}
	return s
}

// Partitions at the database's midnights go on there, be it one or many, with a change of clocks ahead or behind.
func TestZone_goes_on_as_existing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from string
		days int
	}{"one": {"2054-11-20", 1}, "one before a change of clocks": {"2054-10-30", 1}, "many": {"2054-10-20", 32}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			s := newYork(t, c.from, c.days, daily("6", "100"))
			result := s.must(c.from + "T12:00:00Z")
			is.Equal(result.Plan.Zone().String(), "America/New_York")
			is.Equal(result.Plan.ZoneFrom, level.ZoneOfExisting)
			_, bridged := find(result.Plan, "bridged")
			_, differs := find(result.Plan, "zone_differs")
			is.True(!bridged && !differs)
			later := s.must("2054-11-25T12:00:00Z")
			is.Equal(later.Plan.Zone().String(), "America/New_York")
			is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
				WHERE i.inhparent = 'events'::regclass AND pg_get_expr(c.relpartbound, 0) !~ 'FROM \(''.{10} 00:00:00-0[45]''\) TO \(''.{10} 00:00:00-0[45]''\)'`), "0")
			is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_class WHERE relname ~ '^events_' AND relname !~ '^events_p[0-9]{8}$'`), "0")
		})
	}
}

// A zone that the policy names counts, and the plan warns that the existing partitions lie elsewhere. That a session was set to another
// zone meanwhile, by a migration say, changes nothing.
func TestZone_given_and_set(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	policy := daily("6", "100")
	policy.Zone = time.UTC
	s := newYork(t, "2054-11-20", 1, policy)
	plan := s.plan("2054-11-20T12:00:00Z")
	is.Equal(s.mustFind(plan, "zone_differs").Remedy, "If that was not meant, write `timezone: America/New_York`.")

	s.policy.Zone = nil
	conn := s.session()
	defer conn.Close()
	_, err := conn.ExecContext(t.Context(), "SET timezone = 'Asia/Tokyo'")
	is.NoErr(err)
	results, err := s.exec.Run(t.Context(), conn, s.tasks(), instant("2054-11-20T12:00:00Z"))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(results[0].Plan.Zone().String(), "America/New_York")
	is.Equal(s.db.Text(t, `SELECT pg_get_expr(relpartbound, 0) FROM pg_class WHERE relname = 'events_p20541125'`),
		"FOR VALUES FROM ('2054-11-25 00:00:00-05') TO ('2054-11-26 00:00:00-05')")
}

// Bounds that end at 23:59:59: what PostgreSQL says to the windows beside them, and to what the finding proposes.
func TestInclusive_bounds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := scene(t, "public.events", `CREATE TABLE events (at timestamptz NOT NULL, note text) PARTITION BY RANGE (at);
		CREATE TABLE events_2054_11_19 PARTITION OF events FOR VALUES FROM ('2054-11-19 00:00:00+00') TO ('2054-11-19 23:59:59+00');
		CREATE TABLE events_2054_11_20 PARTITION OF events FOR VALUES FROM ('2054-11-20 00:00:00+00') TO ('2054-11-20 23:59:59+00')`, daily("3", "100"))
	result := s.must("2054-11-20")
	is.Equal(s.attached(), []string{"events_2054_11_19", "events_2054_11_20", "events_2054_11_21", "events_2054_11_22"})
	is.NoErr(s.insert("2054-11-20 23:59:59.5+00"))
	is.True(s.insert("2054-11-19 23:59:59.5+00") != nil)
	s.db.Exec(t, s.mustFind(result.Plan, "inclusive_bounds").SQL)
	is.NoErr(s.insert("2054-11-19 23:59:59.5+00"))
	_, still := find(s.plan("2054-11-20"), "inclusive_bounds")
	is.True(!still)
}
