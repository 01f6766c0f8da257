package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// midnights adds a partition for each window of a grid in a zone.
func (m *model) midnights(zoneName, every, from string, n int) {
	g := period.Grid{Every: span(every), Zone: zone(zoneName)}
	w := g.At(period.Instant(date(from)))
	for range n {
		m.add("events_"+w.From.String(), "FOR VALUES FROM ('"+pgText(w.From)+"') TO ('"+pgText(w.To)+"')")
		w = g.Add(w, 1)
	}
}

func pgText(p period.Point) string {
	t, _ := p.Time()
	return t.Format("2006-01-02 15:04:05+00")
}

// Without a zone in the policy, new windows go on in the zone of the existing ones.
func TestZoneAsExisting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy    Policy
		server    []string
		existing  func(m *model)
		zone      string
		from      level.ZoneFrom
		findings  []string
		wholeDays bool
	}{
		"one partition on the server's midnights": {server: []string{"America/New_York"}, existing: func(m *model) { m.midnights("America/New_York", "1 day", "2026-11-20", 1) },
			zone: "America/New_York", from: level.ZoneOfExisting},
		"many, and a change of clocks among them": {server: []string{"America/New_York"}, existing: func(m *model) { m.midnights("America/New_York", "1 day", "2026-10-20", 40) },
			zone: "America/New_York", from: level.ZoneOfExisting},
		"on those of the database, not of the session": {server: []string{"UTC", "America/New_York"}, existing: func(m *model) { m.midnights("America/New_York", "1 day", "2026-11-19", 2) },
			zone: "America/New_York", from: level.ZoneOfExisting},
		"months": {policy: Policy{Every: span("1 month")}, server: []string{"Europe/Berlin"}, existing: func(m *model) { m.midnights("Europe/Berlin", "1 month", "2026-11-20", 1) },
			zone: "Europe/Berlin", from: level.ZoneOfExisting},
		"months, and the policy says days": {server: []string{"Europe/Berlin"}, existing: func(m *model) { m.midnights("Europe/Berlin", "1 month", "2026-11-20", 1) },
			zone: "Europe/Berlin", from: level.ZoneOfExisting},
		"UTC on a server elsewhere": {server: []string{"America/New_York"}, existing: func(m *model) { m.midnights("UTC", "1 day", "2026-11-20", 2) },
			zone: "UTC", from: level.ZoneOfExisting},
		"bounds that end a second early": {server: []string{"America/New_York"}, existing: func(m *model) {
			m.add("events_a", "FOR VALUES FROM ('2026-11-20 05:00:00+00') TO ('2026-11-21 04:59:59+00')")
		}, zone: "America/New_York", from: level.ZoneOfExisting, findings: []string{"warning inclusive_bounds"}},
		"none yet":            {server: []string{"America/New_York"}, existing: func(*model) {}, zone: "UTC", from: level.ZoneByDefault},
		"hours stay absolute": {policy: Policy{Every: span("1 hour")}, server: []string{"Asia/Kolkata"}, existing: func(m *model) { m.midnights("UTC", "1 hour", "2026-11-20", 1) }, zone: "UTC", from: level.ZoneByDefault},
		"two zones": {server: []string{"America/New_York"}, existing: func(m *model) {
			m.midnights("America/New_York", "1 day", "2026-11-17", 2)
			m.midnights("UTC", "1 day", "2026-11-20", 1)
		}, zone: "UTC", from: level.ZoneByDefault, findings: []string{"warning zone_differs"}},
		"a zone that nobody named": {server: []string{"UTC"}, existing: func(m *model) { m.midnights("Asia/Kolkata", "1 day", "2026-11-20", 1) },
			zone: "Asia/Kolkata", from: level.ZoneOfExisting},
		"one of several that nobody named": {server: []string{"UTC"}, existing: func(m *model) { m.midnights("Africa/Johannesburg", "1 day", "2026-06-20", 1) },
			zone: "Europe/Berlin", from: level.ZoneOfExisting, findings: []string{"warning zone_unknown"}},
		"given, and the existing differ": {policy: Policy{Zone: zone("Europe/Berlin")}, server: []string{"America/New_York"}, existing: func(m *model) { m.midnights("America/New_York", "1 day", "2026-11-20", 1) },
			zone: "Europe/Berlin", from: level.ZoneOfPolicy, findings: []string{"warning zone_differs"}},
		"given, and they agree": {policy: Policy{Zone: zone("America/New_York")}, server: []string{"UTC"}, existing: func(m *model) { m.midnights("America/New_York", "1 day", "2026-11-19", 3) },
			zone: "America/New_York", from: level.ZoneOfPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			c.existing(m)
			policy := c.policy
			if !policy.Every.Set {
				policy.Every = span("1 day")
			}
			policy.Ahead = span("5")
			plan := m.zoned(policy, date("2026-11-20 12:00"), c.server)
			is.Equal(plan.Zone().String(), c.zone)
			is.Equal(plan.ZoneFrom, c.from)
			var about []string
			for _, code := range codes(plan) {
				if strings.Contains(code, "zone") || strings.Contains(code, "inclusive") {
					about = append(about, code)
				}
			}
			is.Equal(about, c.findings)
			if c.from == level.ZoneOfExisting && c.policy.Zone == nil && !strings.Contains(name, "policy says") {
				is.True(!slices.Contains(codes(plan), "info bridged"))
			}
			m.apply(plan)
			again := m.zoned(policy, date("2026-11-20 12:00"), c.server)
			is.True(!again.Due())
			m.noHole(again)
		})
	}
}

// zoned plans with the zones that a server names, and with what the tz database says of strange bounds.
func (m *model) zoned(policy Policy, at time.Time, server []string) Plan {
	m.table.Server.TimeZones, m.table.Server.Zones, m.table.Server.OtherZones = server, period.Zones(server...), nil
	plan := m.plan(policy, at)
	m.table.Server.OtherZones = period.ZonesOf(plan.StrangeEdges, period.KnownZones())
	return m.plan(policy, at)
}

func TestZoneDiffersSaysWhich(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.midnights("Europe/Berlin", "1 day", "2026-11-18", 4)
	plan := m.zoned(Policy{Every: span("1 day"), Ahead: span("1"), Zone: time.UTC}, date("2026-11-20"), []string{"UTC"})
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "zone_differs" })
	is.True(i >= 0)
	is.Equal(plan.Findings[i].Message, "4 partitions of public.events begin or end at midnight of Europe/Berlin, and the policy's timezone is UTC")
	is.Equal(plan.Findings[i].Remedy, "If that was not meant, write `timezone: Europe/Berlin`.")

	m = newModel(t, timestamptz)
	m.midnights("Europe/Berlin", "1 day", "2026-06-18", 4)
	plan = m.zoned(Policy{Every: span("1 day"), Ahead: span("1")}, date("2026-06-20"), []string{"UTC"})
	i = slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "zone_unknown" })
	is.True(i >= 0)
	is.Equal(plan.Findings[i].Message, "the partitions of public.events begin at midnights that are those of Europe/Berlin and of Africa/Johannesburg alike, so new ones begin at midnight of Europe/Berlin")
	is.Equal(plan.Findings[i].Remedy, "Write in the policy which is meant: `timezone: Europe/Berlin` or `timezone: Africa/Johannesburg`.")
}

// Dates and timestamps without time zone are midnights in every zone: they say nothing.
func TestZoneOfDatesIsUTC(t *testing.T) {
	t.Parallel()
	for _, columnType := range []string{"date", "timestamp without time zone"} {
		is := is.New(t)
		m := newModel(t, columnType)
		end := map[bool]string{true: "", false: " 00:00:00"}[columnType == "date"]
		m.add("events_20261120", "FOR VALUES FROM ('2026-11-20"+end+"') TO ('2026-11-21"+end+"')")
		plan := m.zoned(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20"), []string{"America/New_York"})
		is.Equal(plan.Zone(), time.UTC)
		is.Equal(plan.ZoneFrom, level.ZoneByDefault)
	}
}
