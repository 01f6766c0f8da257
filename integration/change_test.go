package integration

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// The calendar is changed in the middle of a window: no instant up to the horizon is without a partition, an insert at
// each edge succeeds, and the old partitions retire.
func TestChange_of_calendar(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to lifecycle.Policy }{
		"zone by an hour":     {lifecycle.Policy{Every: span("1 day")}, lifecycle.Policy{Every: span("1 day"), Zone: zone("Europe/Berlin")}},
		"zone by eight hours": {lifecycle.Policy{Every: span("1 day")}, lifecycle.Policy{Every: span("1 day"), Zone: zone("America/Los_Angeles")}},
		"day to week":         {lifecycle.Policy{Every: span("1 day")}, lifecycle.Policy{Every: span("1 week")}},
		"week to month":       {lifecycle.Policy{Every: span("1 week")}, lifecycle.Policy{Every: span("1 month")}},
		"month to day":        {lifecycle.Policy{Every: span("1 month")}, lifecycle.Policy{Every: span("1 day")}},
	} {
		for _, column := range []string{"timestamptz", "timestamp"} {
			t.Run(name+" "+column, func(t *testing.T) {
				t.Parallel()
				changeCalendar(t, column, c.from, c.to)
			})
		}
	}
}

func changeCalendar(t *testing.T, column string, from, to lifecycle.Policy) {
	is := is.New(t)
	for _, p := range []*lifecycle.Policy{&from, &to} {
		p.Keep, p.DropAfter, p.MaxRetire, p.RetireOffGrid = span("10 days"), span("0"), 1000, true
	}
	s := scene(t, "public.events", `CREATE TABLE events (at `+column+`) PARTITION BY RANGE (at)`, from)
	s.must("2054-03-18 11:11")
	s.policy = to
	s.must("2054-03-23 11:11")
	edges := s.edges()
	for _, edge := range edges[:len(edges)-1] { // the last is the horizon
		if edge >= "2054-03-23 11:11" {
			is.NoErr(s.insert(edge))
		}
	}
	is.NoErr(s.insert("2054-03-23 11:11:00+00"))
	s.must("2054-05-30 11:11")
	oldest := instant("2054-05-30 11:11").AddDate(0, 0, -11).Format(time.RFC3339)
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_class WHERE relname LIKE 'events\_\_%' AND relkind = 'r'
		AND substring(pg_get_expr(relpartbound, oid) FROM 'TO \(''([^'']*)')::timestamptz < $1`, oldest), "0")
}

// edges are the bounds of all partitions, as text that sorts.
func (s *scenario) edges() []string {
	s.Helper()
	rows, err := s.db.SQL().Query(`SELECT DISTINCT e FROM pg_class c, LATERAL regexp_matches(pg_get_expr(relpartbound, oid), '''([^'']*)''', 'g') AS m(e2), unnest(e2) AS e
		WHERE c.relispartition ORDER BY 1`)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	var edges []string
	for rows.Next() {
		var edge string
		if err := rows.Scan(&edge); err != nil {
			s.Fatal(err)
		}
		edges = append(edges, edge)
	}
	return edges
}

func TestChange_lowering_ahead_retires_nothing(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("20", "1"))
	s.must("2054-11-20")
	s.policy.Ahead = span("2")
	s.must("2054-11-20")
	is.Equal(len(s.attached()), 20)
}

func TestChange_outage_longer_than_ahead_and_keep(t *testing.T) {
	is := is.New(t)
	policy := daily("60", "5")
	policy.MaxRetire = 0
	s := events(t, policy)
	s.must("2054-01-01")
	result := s.run("2054-08-01") // what must exist exists; the brake holds the rest
	is.NoErr(result.Err())
	s.mustFind(result.Plan, "retire_limited")
	s.mustFind(result.Plan, "runway_short")
	is.Equal(len(s.attached()), 120)
	is.NoErr(s.insert("2054-08-01 00:00+00"))
	s.policy.MaxRetire = 60
	s.must("2054-08-01")
	is.Equal(len(s.attached()), 60)
}

func TestChange_new_partitions_follow_another_tools_names(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "30"))
	s.db.Exec(t, `CREATE TABLE events_p20541119 PARTITION OF events FOR VALUES FROM ('2054-11-19 00:00+00') TO ('2054-11-20 00:00+00');
		CREATE TABLE events_p20541120 PARTITION OF events FOR VALUES FROM ('2054-11-20 00:00+00') TO ('2054-11-21 00:00+00')`)
	s.must("2054-11-20")
	is.Equal(s.attached(), []string{"events_p20541119", "events_p20541120", "events_p20541121", "events_p20541122"})
}

// A year of daily runs on a real server, in zones with odd midnights.
func TestChange_a_simulated_year(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"America/Havana", "Pacific/Apia", "Europe/Berlin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			policy := daily("7", "5")
			policy.Zone, policy.DropAfter = zone(name), span("2 days")
			s := scene(t, "public.events", `CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at)`, policy)
			at := instant("2054-01-01T03:17:00Z")
			for range 365 {
				is.NoErr(s.run(at.Format(time.RFC3339)).Err())
				is.NoErr(s.insert(at.Format(time.RFC3339)))
				at = at.AddDate(0, 0, 1)
			}
			last := at.AddDate(0, 0, -1).Format(time.RFC3339)
			s.must(last)
			is.Equal(len(s.attached()), 5+6) // kept, the current one included, and ahead of it
			is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_class WHERE relname LIKE 'events\_\_%' AND relkind = 'r' AND NOT relispartition`), "2")
		})
	}
}
