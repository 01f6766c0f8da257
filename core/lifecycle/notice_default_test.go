package lifecycle

import (
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Rows of windows that have expired are told of where they lie in DEFAULT, which nothing retires.
func TestPlan_default_holds_expired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keep   string
		inside []string
		rows   int64 // 0: no finding
	}{
		"older":                         {"3", []string{"2020-01-01", "2026-11-17 23:59"}, 2},
		"kept":                          {"3", []string{"2026-11-18", "2026-11-19"}, 0},
		"of a window not wholly behind": {"2 days", []string{"2026-11-18 01:00"}, 0},
		"nothing expires":               {"", []string{"2020-01-01"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-18", 6)
			m.add("events_default", "DEFAULT")
			for _, at := range c.inside {
				m.inside = append(m.inside, period.Instant(date(at)))
			}
			policy := Policy{Every: span("1 day"), Ahead: span("2")}
			if c.keep != "" {
				policy.Keep = span(c.keep)
			}
			plan := m.plan(policy, date("2026-11-20 14:30"))
			is.True(!plan.Due())
			i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "default_holds_expired" })
			is.Equal(i >= 0, c.rows > 0)
			if i >= 0 {
				is.Equal(plan.Findings[i].Severity, Warning)
				is.Equal(plan.Findings[i].Rows, c.rows)
				is.Equal(plan.Findings[i].Partition.Table, "events_default")
			}
		})
	}
}

// Nothing depends on that number: where it cannot be had, the run goes on and says so.
func TestPlan_default_holds_expired_unanswered(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 6)
	m.add("events_default", "DEFAULT")
	m.unknown = map[catalog.AskKind]string{catalog.AskRows: "the server needed too long"}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}, date("2026-11-20"))
	is.Equal(codes(plan), []string{"info default_blocks_concurrent_detach", "info unanswered"})
}

// A table without a DEFAULT partition, or that keeps for ever, is not asked about.
func TestPlan_default_is_asked_about_what_has_expired_only_with_keep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 6)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}
	is.Equal(len(MakePlan(m.table, policy, date("2026-11-20")).Asks), 0)
	m.add("events_default", "DEFAULT")
	is.Equal(len(MakePlan(m.table, policy, date("2026-11-20")).Asks), 1)
	policy.Keep = period.Span{}
	is.Equal(len(MakePlan(m.table, policy, date("2026-11-20")).Asks), 0)
}
