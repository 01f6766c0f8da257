package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Beside partitions that are themselves partitioned no plain leaf is made: a finding says so, whether one is due or not, and
// what is due to go still goes.
func TestPlan_nested(t *testing.T) {
	t.Parallel()
	policy := Policy{Every: span("1 day"), Ahead: span("3"), Keep: span("3")}
	for name, c := range map[string]struct {
		change func(*model)
		want   []string
		codes  []string
	}{
		"all of them": {func(m *model) { m.divideAll() }, []string{"detach public.events__2026_11_17"},
			[]string{"error nested", "warning runway_short"}},
		"nothing due": {func(m *model) { m.days("2026-11-21", 5); m.divideAll() }, []string{"detach public.events__2026_11_17"},
			[]string{"error nested"}},
		"and one without an end": {func(m *model) {
			m.divideAll()
			m.add("rest", "FOR VALUES FROM ('2027-01-01 00:00:00+00') TO (MAXVALUE)")
		}, []string{"detach public.events__2026_11_17"}, []string{"error nested", "info unbounded", "warning runway_short"}},
		"an older one": {func(m *model) { m.divide(m.find("events__2026_11_18"), 2) },
			[]string{"create public.events__2026_11_21", "create public.events__2026_11_22", "detach public.events__2026_11_17"},
			[]string{"warning nested", "warning runway_short"}},
		"one that goes": {func(m *model) { m.divide(m.find("events__2026_11_17"), 2) },
			[]string{"create public.events__2026_11_21", "create public.events__2026_11_22", "detach public.events__2026_11_17"},
			[]string{"warning runway_short"}},
		"DEFAULT alone": {func(m *model) { m.divide(m.add("rest", "DEFAULT"), 2) },
			[]string{"create public.events__2026_11_21", "create public.events__2026_11_22", "detach public.events__2026_11_17"},
			[]string{"info default_blocks_concurrent_detach", "warning runway_short"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-17", 4)
			c.change(m)
			plan := m.plan(policy, date("2026-11-20"))
			is.Equal(ids(plan), c.want)
			is.Equal(codes(plan), c.codes)
			if i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "nested" }); i >= 0 {
				is.True(strings.Contains(plan.Findings[i].Message, "public.events__2026_11_2")) // names the newest
			}
		})
	}
}

// A detached partition comes back as it is, divided or not: only what would be made anew has the wrong shape.
func TestPlan_nested_attaches_what_was_detached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 2)
	m.detached("o", "FOR VALUES FROM ('2026-11-22 00:00:00+00') TO ('2026-11-23 00:00:00+00')", "2026-11-19")
	m.divideAll()
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("4")}, date("2026-11-20"))
	is.Equal(ids(plan), []string{"attach public.o"})
	is.True(slices.Contains(codes(plan), "error nested"))
}

// divideAll gives every partition of the model leaves of its own.
func (m *model) divideAll() {
	for i := range m.table.Partitions {
		if p := &m.table.Partitions[i]; p.State != catalog.Pending && !p.Bound.Default {
			m.divide(p, 2)
		}
	}
}
