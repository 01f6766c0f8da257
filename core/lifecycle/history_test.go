package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// oddMidnights are zones whose clocks skip or repeat midnight, or lie far from UTC.
var oddMidnights = []string{
	"UTC", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Santiago", "Atlantic/Azores",
	"Africa/Cairo", "Asia/Tehran", "America/New_York", "Europe/Berlin",
}

// sampled is the whole of a list where PARTSMITH_HISTORY is all, as in `make soak`, and its beginning else.
func sampled[T any](list []T, n int) []T {
	if os.Getenv("PARTSMITH_HISTORY") == "all" {
		return list
	}
	return list[:n]
}

// A run every day for a year: each run leaves nothing to do, no hole, and what the policy keeps.
func TestHistory_a_year_of_daily_runs(t *testing.T) {
	t.Parallel()
	for _, name := range sampled(oddMidnights, 4) {
		for _, every := range []string{"1 day", "1 week", "1 month"} {
			for _, column := range []string{timestamptz, "date"} {
				if column == "date" && every != "1 day" {
					continue
				}
				t.Run(fmt.Sprintf("%s every %s %s", name, every, column), func(t *testing.T) {
					t.Parallel()
					year(t, column, Policy{Every: span(every), Zone: zone(name), Keep: span("30 days"), DropAfter: span("3 days")})
				})
			}
		}
	}
}

func year(t *testing.T, column string, policy Policy) {
	m := newModel(t, column)
	at := date("2018-01-01 03:17")
	for range 365 {
		step(m, policy, at)
		at = at.AddDate(0, 0, 1)
	}
	if len(m.dropped) < 9 {
		t.Fatalf("a year dropped %d partitions", len(m.dropped))
	}
	if n := len(m.table.Partitions); n > 75 {
		t.Fatalf("%d partitions are left", n)
	}
}

// step makes one run and checks what must hold after any run.
func step(m *model, policy Policy, at time.Time) Plan {
	m.t.Helper()
	plan := m.plan(policy, at)
	checkRetired(m.t, plan)
	m.apply(plan)
	m.settled(policy, at)
	return plan
}

// checkRetired fails the test where a plan detaches or drops what has not expired.
func checkRetired(t testing.TB, plan Plan) {
	t.Helper()
	for _, op := range plan.Only(Detach, Drop).Operations() {
		if plan.Cutoff.IsZero() || plan.Cutoff.Before(op.Window.To) || current(plan).From.Before(op.Window.To) {
			t.Fatalf("%s of %s although the cutoff is %s and the current window %s", op.ID, op.Window, plan.Cutoff, current(plan))
		}
	}
}

// Any sequence of policies and outages: after every run there is nothing left to do and no hole up to the horizon.
func TestHistory_any_change_of_policy_converges(t *testing.T) {
	t.Parallel()
	for seed := range sampled(make([]struct{}, 200), 40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			m := newModel(t, pick(r, timestamptz, "timestamp without time zone"))
			at := date("2026-01-01").Add(time.Duration(r.IntN(400*24*60)) * time.Minute)
			for range 12 {
				policy := anyPolicy(r)
				step(m, policy, at)
				if r.IntN(3) == 0 {
					at = at.AddDate(0, 0, r.IntN(120))
				}
				at = at.Add(time.Duration(r.IntN(50*60)) * time.Minute)
				step(m, policy, at)
			}
		})
	}
}

func anyPolicy(r *rand.Rand) Policy {
	p := Policy{Every: span(pick(r, "1 day", "2 days", "1 week", "1 month", "1 quarter")), Zone: zone(pick(r, oddMidnights...)),
		Keep: span(pick(r, "2", "10 days", "2 months")), MaxRetire: 10_000, Behind: r.IntN(3), RetireOffGrid: r.IntN(3) == 0}
	if r.IntN(2) == 0 {
		p.DropAfter = span(pick(r, "0", "1 day", "1 month"))
	}
	if r.IntN(2) == 0 {
		p.Ahead = span(pick(r, "1", "5", "20 days"))
	}
	if r.IntN(4) == 0 {
		p.Every, p.Zone = span(pick(r, "1 hour", "15 minutes", "6 hours")), time.UTC
		p.Ahead = span(pick(r, "1", "30", "1 day"))
	}
	return p
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// An outage longer than ahead and keep together: one run restores what must exist, and the brake asks before the rest goes.
func TestHistory_long_outage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	policy := Policy{Every: span("1 day"), Ahead: span("60"), Keep: span("20"), DropAfter: span("7 days")}
	step(m, policy, date("2026-01-01"))
	at := date("2026-08-01")
	plan := m.plan(policy, at)
	is.True(strings.Contains(fmt.Sprint(codes(plan)), "warning retire_limited"))
	is.True(strings.Contains(fmt.Sprint(codes(plan)), "warning runway_short"))
	m.apply(plan)
	m.noHole(m.plan(policy, at))
	policy.MaxRetire = 60
	step(m, policy, at)
}

// Changing the calendar in the middle of a window: an instant at each edge finds a partition, and the old ones retire.
func TestHistory_change_of_calendar(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to Policy }{
		"zone by an hour":      {Policy{Every: span("1 day")}, Policy{Every: span("1 day"), Zone: zone("Europe/Berlin")}},
		"zone by eight hours":  {Policy{Every: span("1 day")}, Policy{Every: span("1 day"), Zone: zone("America/Los_Angeles")}},
		"zone to the far east": {Policy{Every: span("1 day")}, Policy{Every: span("1 day"), Zone: zone("Pacific/Auckland")}},
		"day to week":          {Policy{Every: span("1 day")}, Policy{Every: span("1 week")}},
		"week to month":        {Policy{Every: span("1 week")}, Policy{Every: span("1 month")}},
		"month to day":         {Policy{Every: span("1 month")}, Policy{Every: span("1 day")}},
		"day to hour":          {Policy{Every: span("1 day")}, Policy{Every: span("1 hour"), Ahead: span("100")}},
		"months, other zone":   {Policy{Every: span("1 month")}, Policy{Every: span("1 month"), Zone: zone("America/New_York")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, timestamptz)
			for _, p := range []*Policy{&c.from, &c.to} {
				p.Keep, p.DropAfter, p.MaxRetire, p.RetireOffGrid = span("10 days"), span("0"), 10_000, true
			}
			at := date("2026-03-18 11:11")
			step(m, c.from, at)
			at = at.AddDate(0, 0, 5)
			step(m, c.to, at)
			for range 40 {
				at = at.AddDate(0, 0, 1)
				step(m, c.to, at)
			}
			for _, p := range m.table.Partitions {
				if w := m.level(c.to, at).Decode(p.Bound).Window; w.To.Before(period.Instant(at.AddDate(0, 0, -11))) {
					t.Errorf("%s, which ended %s, is still there at %s", p.Name, w.To, at)
				}
			}
		})
	}
}

// A partition of the older, coarser grid is wider than a window: left alone, unless the policy retires it.
func TestHistory_month_to_day_leaves_months_alone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	step(m, Policy{Every: span("1 month"), Keep: span("3")}, date("2026-03-18"))
	day := Policy{Every: span("1 day"), Keep: span("3"), DropAfter: span("0"), MaxRetire: 1000}
	step(m, day, date("2026-03-19"))
	step(m, day, date("2026-12-24"))
	is.True(m.find("events__2026_03") != nil)
	is.True(strings.Contains(fmt.Sprint(codes(m.plan(day, date("2026-12-24")))), "warning off_grid_expired"))
}

// What never was ours is never touched, whatever the policy says.
func TestHistory_strangers_stay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	other := m.detached("events__2020_01_01", "FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-01-02 00:00:00+00')", "2020-02-01")
	other.Marker.Parent, other.Marker.ParentOID = catalog.Name{Schema: "public", Table: "clicks"}, 7
	policy := Policy{Every: span("1 day"), Keep: span("2"), DropAfter: span("0"), MaxRetire: 1000}
	at := date("2026-03-18")
	for range 30 {
		step(m, policy, at)
		at = at.AddDate(0, 0, 1)
	}
	is.True(m.find("events__2020_01_01") != nil)
}
