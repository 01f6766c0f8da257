package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// The CHECK on a large DEFAULT leaves the windows out whose rows lie there already: with them it would fail for all.
func TestPlan_default_check_holds_free_windows_alone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 1)
	m.add("events_default", "DEFAULT")
	m.size = 1 << 30
	m.inside = []period.Point{period.Instant(date("2026-11-23 10:00"))}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("6"), DefaultCheck: true}, date("2026-11-20"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_21", "create public.events__2026_11_22", "create public.events__2026_11_24", "create public.events__2026_11_25"})
	is.Equal(len(plan.Steps), 3) // one CHECK for all of them
	is.True(strings.Contains(plan.Steps[0].SQL(Limits{}), "CHECK ("+
		"(at IS NULL OR at OPERATOR(pg_catalog.<) '2026-11-21 00:00:00+00' OR at OPERATOR(pg_catalog.>=) '2026-11-23 00:00:00+00') AND "+
		"(at IS NULL OR at OPERATOR(pg_catalog.<) '2026-11-24 00:00:00+00' OR at OPERATOR(pg_catalog.>=) '2026-11-26 00:00:00+00')) NOT VALID"))
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "default_holds_rows" })
	is.Equal(plan.Findings[i].Window.From, period.Instant(date("2026-11-23")))
}

// Where the server could not tell in time what DEFAULT holds, each window has a CHECK for itself: one that is occupied fails alone.
func TestPlan_default_check_of_unknown_windows_is_their_own(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 1)
	m.add("events_default", "DEFAULT")
	m.size = 1 << 30
	m.unknown = map[catalog.AskKind]string{catalog.AskRows: "the server needed too long"}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("4"), DefaultCheck: true}, date("2026-11-20"))
	is.Equal(len(plan.Operations()), 3)
	is.Equal(len(plan.Steps), 9)
	for i := range 3 {
		is.Equal(len(plan.Steps[3*i].Prepares), 1)
	}
}

// What is printed to move rows out of DEFAULT makes a partition like those that a run makes: with the row security of the table.
func TestMovedRowsStaySecured(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.table.RowSecurity = true
	m.add("events_default", "DEFAULT")
	m.inside = []period.Point{period.Instant(date("2026-11-20 10:00"))}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("1")}, date("2026-11-20"))
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "default_holds_rows" })
	is.True(strings.Contains(plan.Findings[i].SQL, "ENABLE ROW LEVEL SECURITY"))
}
