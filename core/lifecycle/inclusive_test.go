package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Bounds that end a moment before midnight get no partitions for that moment: new windows begin where their neighbour ends.
func TestInclusiveBounds(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"23:59:59", "23:59:59.999", "23:59:59.999999"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			for _, day := range []string{"18", "19", "20", "21"} {
				m.add("events_p202611"+day, "FOR VALUES FROM ('2026-11-"+day+" 00:00:00+00') TO ('2026-11-"+day+" "+end+"+00')")
			}
			policy := Policy{Every: span("1 day"), Ahead: span("4"), Keep: span("10"), DropAfter: span("0")}
			plan := m.plan(policy, date("2026-11-20"))
			is.Equal(ids(plan), []string{"create public.events_p20261122", "create public.events_p20261123"})
			is.Equal(plan.Operations()[0].Bound, "FOR VALUES FROM ('2026-11-21 "+end+"+00') TO ('2026-11-23 00:00:00+00')")
			is.Equal(plan.Operations()[0].ReasonCode, "missing")
			is.Equal(codes(plan), []string{"warning inclusive_bounds"})
			is.Equal(plan.Runway.Until.String(), "2026-11-22T00:00:00Z")
			is.True(plan.After.Enough())
			m.apply(plan)
			m.settled(policy, date("2026-11-20"))

			for day := date("2026-11-21"); day.Before(date("2027-01-01")); day = day.AddDate(0, 0, 1) {
				m.apply(m.plan(policy, day))
				m.settled(policy, day)
			}
			is.Equal(codes(m.plan(policy, date("2026-12-31"))), nil) // they are gone
		})
	}
}

func TestInclusiveBoundsSayWhatToDo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("events_2026_10", "FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-10-31 23:59:59+00')")
	m.add("events_2026_11", "FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-11-30 23:59:59+00')")
	plan := m.plan(Policy{Every: span("1 month"), Ahead: span("2")}, date("2026-11-20"))
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "inclusive_bounds" })
	is.True(i >= 0)
	f := plan.Findings[i]
	is.Equal(f.Severity, Warning)
	is.Equal(f.Message, "2 partitions end a moment before their windows do, public.events_2026_11 at 2026-11-30T23:59:59Z: "+
		"PostgreSQL's upper bounds are exclusive, so that moment is left out")
	is.True(strings.Contains(f.Remedy, "New partitions begin where their neighbour ends."))
	is.Equal(f.Partition.Table, "events_2026_10")
	is.Equal(f.SQL, "BEGIN;\nALTER TABLE public.events DETACH PARTITION public.events_2026_10;\n"+
		"ALTER TABLE public.events ATTACH PARTITION public.events_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');\nCOMMIT;")
	is.Equal(ids(plan), []string{"create public.events_2026_12"})
}

// A hole between two neighbours of which one ends and the other begins a moment early is filled to both.
func TestInclusiveBoundsOnBothSides(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("a", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-20 23:59:59+00')")
	m.add("b", "FOR VALUES FROM ('2026-11-21 23:59:59+00') TO ('2026-11-23 00:00:00+00')")
	m.add("c", "FOR VALUES FROM ('2026-11-23 00:00:00+00') TO ('2026-11-23 23:59:59+00')")
	m.add("moment", "FOR VALUES FROM ('2026-11-23 23:59:59+00') TO ('2026-11-24 00:00:00+00')")
	policy := Policy{Every: span("1 day"), Ahead: span("5")}
	plan := m.plan(policy, date("2026-11-20"))
	var bounds []string
	for _, op := range plan.Operations() {
		bounds = append(bounds, op.Bound)
	}
	is.Equal(bounds, []string{"FOR VALUES FROM ('2026-11-20 23:59:59+00') TO ('2026-11-21 23:59:59+00')", "FOR VALUES FROM ('2026-11-24 00:00:00+00') TO ('2026-11-25 00:00:00+00')"})
	m.apply(plan)
	m.settled(policy, date("2026-11-20"))
}

// An hour that is a second longer, since its neighbour ends early, is not off the grid.
func TestInclusiveBoundsOfHours(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("events_2026112000", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-20 00:59:59+00')")
	policy := Policy{Every: span("1 hour"), Ahead: span("3"), Keep: span("1"), DropAfter: span("0")}
	m.apply(m.plan(policy, date("2026-11-20")))
	is.True(m.find("events_2026112001") != nil)
	m.apply(m.plan(policy, date("2026-11-20").Add(5*time.Hour)))
	is.True(m.find("events_2026112001") == nil)
}
