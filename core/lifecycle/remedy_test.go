package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// said is the finding of a code.
func said(t *testing.T, plan Plan, code string) Finding {
	t.Helper()
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == code })
	if i < 0 {
		t.Fatalf("no %s among %v", code, codes(plan))
	}
	return plan.Findings[i]
}

// More runs help only where a run can make what is missing.
func TestRemedy_of_a_short_runway(t *testing.T) {
	t.Parallel()
	policy := Policy{Every: span("1 day"), Ahead: span("10")}
	for name, c := range map[string]struct {
		change func(*model)
		want   string
		often  bool
	}{
		"first adoption": {func(*model) {}, "A run makes what is missing.", true},
		"rights":         {func(m *model) { m.table.Lacks = []catalog.Right{{What: "ownership", Relation: "public.events"}} }, "not_owner", false},
		"name taken": {func(m *model) {
			m.taken = map[string]bool{"events__2026_11_23": true}
		}, "name_taken", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-20", 2)
			c.change(m)
			remedy := said(t, m.plan(policy, date("2026-11-20")), "runway_short").Remedy
			is.True(strings.Contains(remedy, c.want))
			is.Equal(strings.Contains(remedy, "more often"), c.often)
		})
	}
}

func TestRemedy_names_what_there_is(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-08-01", 110)
	limited := said(t, m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("2")}, date("2026-11-18")), "retire_limited").Remedy
	is.True(strings.Contains(limited, "`partsmith-migrate apply --max-retire 108`"))
	is.True(strings.Contains(limited, "`max_retire: 108`"))
	wide := newModel(t, timestamptz)
	wide.add("wide", "FOR VALUES FROM ('2026-08-01 00:00:00+00') TO ('2026-09-01 00:00:00+00')")
	is.True(strings.Contains(said(t, wide.plan(Policy{Every: span("1 day"), Keep: span("2")}, date("2026-11-20")), "off_grid_expired").Remedy, "partsmith:hold"))
}

// A partition that somebody else owns goes to the owner of its table, whoever runs.
func TestRemedy_of_an_owner_is_the_owner_of_the_table(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.table.Owner = "app"
	m.days("2026-11-16", 10)
	for i := range m.table.Partitions {
		m.table.Partitions[i].Owner = "stranger"
		m.table.Partitions[i].Lacks = []catalog.Right{{What: "ownership", Relation: m.table.Partitions[i].Name.String(), Grant: "GRANT stranger TO me"}}
	}
	f := said(t, m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}, date("2026-11-20")), "not_owner")
	is.Equal(f.SQL, "ALTER TABLE public.events__2026_11_16 OWNER TO app")
	is.True(strings.Contains(f.Remedy, "app"))
}
