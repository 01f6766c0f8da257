package lifecycle

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Beside a DEFAULT partition rows have somewhere to go when the partitions end.
func TestRunwayBesideADefaultPartition(t *testing.T) {
	t.Parallel()
	policy, at := Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-20 14:30")
	for name, c := range map[string]struct {
		change func(m *model)
		safe   bool
	}{
		"none":                       {change: func(*model) {}},
		"there is one":               {change: func(m *model) { m.add("rest", "DEFAULT") }, safe: true},
		"it is divided further":      {change: func(m *model) { m.add("rest", "DEFAULT").Kind = "p" }},
		"it is being detached":       {change: func(m *model) { m.add("rest", "DEFAULT").State = catalog.Pending }},
		"a killed run left its mark": {change: func(m *model) { m.add("rest", "DEFAULT").Checks = []catalog.Check{{Name: defaultCheckName}} }},
		"a window is being detached": {change: func(m *model) {
			m.add("rest", "DEFAULT")
			m.add("odd", "FOR VALUES FROM ('2026-11-22 00:00:00+00') TO ('2026-11-23 00:00:00+00')").State = catalog.Pending
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-20", 1)
			c.change(m)
			plan := m.plan(policy, at)
			is.True(!plan.Runway.Enough()) // rows fall into DEFAULT, or fail
			is.Equal(plan.Runway.Safe(), c.safe)
			is.Equal(plan.RunwayWith(func(Operation) bool { return false }), plan.Runway)
			is.Equal(plan.Runway.Until, period.Instant(date("2026-11-21")))
			is.Equal(plan.Runway.Fails() == period.High(), c.safe)
		})
	}
}

func TestReasonsBesideADefaultPartition(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 1)
	m.add("rest", "DEFAULT")
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20 14:30"))
	is.Equal(plan.Operations()[0].Reason, "rows of [2026-11-20T00:00:00Z, 2026-11-21T00:00:00Z) would fall into the DEFAULT partition")
	is.Equal(plan.Operations()[0].ReasonCode, "missing")
	for _, f := range plan.Findings {
		if f.Code == "runway_short" {
			is.True(strings.HasPrefix(f.Message, "the rows of now fall into the DEFAULT partition, and "))
		}
	}
	is.True(strings.Contains(strings.Join(codes(plan), ","), "warning runway_short"))
}
