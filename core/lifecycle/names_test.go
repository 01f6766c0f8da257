package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// New names follow the existing ones where these can be read, if there is only one of them.
func TestNamesFollowExistingOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ every, name, from, to, want string }{
		{"1 day", "events_2026_11_20", "2026-11-20", "2026-11-21", "events_2026_11_21"},
		{"1 day", "events_2011_11_11", "2026-11-20", "2026-11-21", ""},
		{"1 month", "events_p202611", "2026-11-01", "2026-12-01", "events_p202612"},
		{"1 week", "events_2026_11_16", "2026-11-16", "2026-11-23", "events_2026_11_23"},
		{"1 week", "events_20261122", "2026-11-16", "2026-11-23", "events_20261129"},
		{"6 months", "events_2026_h2", "2026-07-01", "2027-01-01", "events_2027_h1"},
	} {
		m := newModel(t, timestamptz)
		m.add(c.name, "FOR VALUES FROM ('"+c.from+" 00:00:00+00') TO ('"+c.to+" 00:00:00+00')")
		policy := Policy{Every: span(c.every), Ahead: span("2")}
		plan := m.plan(policy, date("2026-11-20"))
		if got := strings.Join(ids(plan), " "); c.want != "" && got != "create public."+c.want {
			t.Errorf("after %s: %s, want %s", c.name, got, c.want)
		}
		if slices.Contains(codes(plan), "warning name_unknown") != (c.want == "") {
			t.Errorf("%s: %v", c.name, codes(plan))
		}
		m.apply(plan)
		m.settled(policy, date("2026-11-20"))
	}
}

func TestNameUnknown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		names           []string
		message, remedy string
	}{
		"cannot be read": {[]string{"events_today"},
			"the names of the partitions of public.events (events_today) follow no pattern that can be read, so new ones are named {table}__{yyyy}_{mm}_{dd}",
			"Write their pattern in the policy, or `name: '{table}__{yyyy}_{mm}_{dd}'` where new names may be others."},
		"in two ways": {[]string{"events_11_11_2026"},
			"the names of the partitions of public.events (events_11_11_2026) can be read as {table}_{mm}_{dd}_{yyyy} or as {table}_{dd}_{mm}_{yyyy}, so new ones are named {table}__{yyyy}_{mm}_{dd}",
			"Write in the policy which is meant: `name: '{table}_{mm}_{dd}_{yyyy}'` or `name: '{table}_{dd}_{mm}_{yyyy}'`."},
		"of two sorts": {[]string{"events_20261111", "events__2026_11_12"},
			"the names of the partitions of public.events (events_20261111, events__2026_11_12) can be read as {table}_{yyyy}{mm}{dd} or as {table}__{yyyy}_{mm}_{dd}, so new ones are named {table}__{yyyy}_{mm}_{dd}",
			"Write in the policy which is meant: `name: '{table}_{yyyy}{mm}{dd}'` or `name: '{table}__{yyyy}_{mm}_{dd}'`."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			for i, name := range c.names {
				m.days("2026-11-1"+string(rune('1'+i)), 1)
				m.table.Partitions[i].Name.Table = name
			}
			plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-11"))
			i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "name_unknown" })
			is.True(i >= 0)
			is.Equal(plan.Findings[i].Severity, Warning)
			is.Equal(plan.Findings[i].Message, c.message)
			is.Equal(plan.Findings[i].Remedy, c.remedy)
			is.True(plan.Due()) // it is made all the same

			written := m.plan(Policy{Every: span("1 day"), Ahead: span("3"), Name: "{table}_{dd}_{mm}_{yyyy}"}, date("2026-11-11"))
			is.True(!slices.Contains(codes(written), "warning name_unknown"))
		})
	}
}

// A name that was taken by something else got a number behind it, which is no new pattern.
func TestNamesThatWereTaken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 3)
	m.table.Partitions[1].Name.Table += "_2"
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-20"))
	is.True(!slices.Contains(codes(plan), "warning name_unknown"))
}
