package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// What tidies up after a killed run stays as long as anything of its phase does.
func TestPlan_cut_keeps_what_tidies_up(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 1)
	m.add("events_default", "DEFAULT").Checks = []catalog.Check{{Name: defaultCheckName}}
	m.days("2026-11-15", 2)
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3"), Keep: span("2")}, date("2026-11-20"))
	tidies := func(p Plan) bool {
		return slices.ContainsFunc(p.Steps, func(s Step) bool {
			return len(s.Operations)+len(s.Prepares) == 0 && strings.Contains(s.SQL(Limits{}), "DROP CONSTRAINT IF EXISTS partsmith_default_check")
		})
	}
	is.True(tidies(plan))
	is.True(tidies(plan.Only(Create)))
	is.True(tidies(plan.Select("public.events__2026_11_22")))
	is.True(!tidies(plan.Only(Detach)))
	is.Equal(len(plan.Only(Unmark).Steps), 0)
}

// MakePlan reads no file, so the zone that existing edges are midnights of is named by who reads the database.
func TestPlan_zone_differs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	for day := range 4 {
		bound := func(d int) string { return date("2026-11-18").AddDate(0, 0, d).Format(time.DateOnly) + " 23:00:00+00" }
		m.add("p"+bound(day), "FOR VALUES FROM ('"+bound(day)+"') TO ('"+bound(day+1)+"')")
	}
	policy := Policy{Every: span("1 day"), Ahead: span("1")}
	is.True(!slices.Contains(codes(MakePlan(m.table, policy, date("2026-11-20"))), "warning zone_differs"))
	plan := MakePlan(m.table, policy, date("2026-11-20")).NameZone("UTC")
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "zone_differs" })
	is.True(strings.Contains(plan.Findings[i].Message, "4 partitions of public.events begin at midnight of Europe/Berlin, and the policy's timezone is UTC"))
	policy.Zone = zone("Europe/Berlin")
	plan = MakePlan(m.table, policy, date("2026-11-20")).NameZone("UTC")
	is.True(!slices.Contains(codes(plan), "warning zone_differs"))
}
