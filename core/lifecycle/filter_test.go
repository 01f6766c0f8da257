package lifecycle

import (
	"slices"
	"strings"
	"testing"

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
