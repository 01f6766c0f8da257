package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
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

// Where the rows of the moment lie in DEFAULT, it stays there, and the window begins at its own edge.
func TestInclusiveBoundsBesideADefaultPartition(t *testing.T) {
	t.Parallel()
	for inside, want := range map[string]string{
		"2026-11-20T23:59:59.5Z": "FOR VALUES FROM ('2026-11-21 00:00:00+00') TO ('2026-11-22 00:00:00+00')",
		"2026-10-20T23:59:59.5Z": "FOR VALUES FROM ('2026-11-20 23:59:59+00') TO ('2026-11-22 00:00:00+00')",
	} {
		is := is.New(t)
		m := newModel(t, timestamptz)
		m.add("events_p20261120", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-20 23:59:59+00')")
		m.add("events_default", "DEFAULT")
		m.inside = []period.Point{period.Instant(date(inside))}
		policy := Policy{Every: span("1 day"), Ahead: span("2")}
		plan := m.plan(policy, date("2026-11-20"))
		is.Equal(len(plan.Operations()), 1)
		is.Equal(plan.Operations()[0].Bound, want)
		is.Equal(codes(plan), []string{"warning inclusive_bounds"})
		m.apply(plan)
		m.settled(policy, date("2026-11-20"))
	}
}

// Whatever moments bounds leave out, and wherever partitions are missing: nothing overlaps, a second run has nothing to do, and no
// partition is made for a moment.
func TestInclusiveBoundsAnyhow(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 8))
		every := []string{"1 hour", "1 day", "1 week", "1 month"}[random.IntN(4)]
		m := newModel(t, timestamptz)
		policy := Policy{Every: span(every), Ahead: span("6"), Behind: random.IntN(3), Zone: zone([]string{"UTC", "America/Havana"}[random.IntN(2)])}
		if every == "1 hour" {
			policy.Zone = time.UTC
		}
		m.cutShort(policy, random)
		at := date("2026-11-20 12:00")
		plan := m.plan(policy, at)
		for _, op := range plan.Operations() {
			from, _ := op.Window.From.Time()
			to, _ := op.Window.To.Time()
			if to.Sub(from) < time.Hour-time.Second {
				t.Errorf("seed %d: %s holds %s only", seed, op.Partition, op.Window)
			}
		}
		m.apply(plan)
		m.settled(policy, at)
	}
}

// cutShort adds some windows around 2026-11-20 of which many leave out a moment, and some begin where that is.
func (m *model) cutShort(policy Policy, random *rand.Rand) {
	g := period.Grid{Every: policy.Every, Zone: policy.Zone}
	w := g.Add(g.At(period.Instant(date("2026-11-20 12:00"))), -4)
	cut := time.Duration(0)
	for n := range 9 {
		from, _ := w.From.Time()
		to, _ := w.To.Time()
		if random.IntN(2) == 0 {
			from = from.Add(-cut) // where the one before ends
		}
		cut = []time.Duration{time.Second, time.Millisecond, time.Microsecond, 0}[random.IntN(4)]
		if random.IntN(4) > 0 {
			layout := "2006-01-02 15:04:05.999999+00"
			m.add(fmt.Sprintf("p%d", n), "FOR VALUES FROM ('"+from.Format(layout)+"') TO ('"+to.Add(-cut).Format(layout)+"')")
		} else {
			cut = 0
		}
		w = g.Add(w, 1)
	}
}
