package period_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func TestGridWindows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ every, zone, at, window string }{
		{"15 minutes", "UTC", "2026-11-20T14:20:00Z", "[2026-11-20T14:15:00Z, 2026-11-20T14:30:00Z)"},
		{"6 hours", "UTC", "2026-11-20T14:20:00Z", "[2026-11-20T12:00:00Z, 2026-11-20T18:00:00Z)"},
		{"1 day", "Europe/Berlin", "2026-03-29T12:00:00Z", "[2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z)"}, // 23 hours
		{"1 day", "Europe/Berlin", "2026-10-25T12:00:00Z", "[2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z)"}, // 25 hours
		{"1 day", "America/Havana", "2026-11-01T04:30:00Z", "[2026-10-31T04:00:00Z, 2026-11-01T05:00:00Z)"},
		{"1 day", "America/Havana", "2026-03-08T05:00:00Z", "[2026-03-08T05:00:00Z, 2026-03-09T04:00:00Z)"},
		{"1 day", "Pacific/Apia", "2011-12-30T10:00:00Z", "[2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z)"},
		{"3 days", "UTC", "1969-12-31T10:00:00Z", "[1969-12-29T00:00:00Z, 1970-01-01T00:00:00Z)"},
		{"1 week", "UTC", "2026-11-20T10:00:00Z", "[2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z)"},
		{"2 weeks", "UTC", "1970-01-04T23:00:00Z", "[1969-12-22T00:00:00Z, 1970-01-05T00:00:00Z)"},
		{"14 days", "UTC", "1970-01-05T23:00:00Z", "[1970-01-05T00:00:00Z, 1970-01-19T00:00:00Z)"},
		{"1 month", "UTC", "2026-02-20T10:00:00Z", "[2026-02-01T00:00:00Z, 2026-03-01T00:00:00Z)"},
		{"1 quarter", "Asia/Kolkata", "2026-11-20T10:00:00Z", "[2026-09-30T18:30:00Z, 2026-12-31T18:30:00Z)"},
		{"4 months", "UTC", "2026-12-31T10:00:00Z", "[2026-09-01T00:00:00Z, 2027-01-01T00:00:00Z)"},
		{"1 year", "UTC", "2026-11-20T10:00:00Z", "[2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z)"},
		{"5 years", "UTC", "2026-11-20T10:00:00Z", "[2025-01-01T00:00:00Z, 2030-01-01T00:00:00Z)"},
	} {
		if got := grid(t, test.every, test.zone).At(at(t, test.at)).String(); got != test.window {
			t.Errorf("%s in %s: %s is in %s, want %s", test.every, test.zone, test.at, got, test.window)
		}
	}
}

func TestGridCheck(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	good := []period.Grid{
		{Every: span(t, "1 minute")}, {Every: span(t, "15 minutes"), Zone: zone(t, "Etc/UTC")}, {Every: span(t, "24 hours")}, {Every: span(t, "90 minutes")},
		{Every: span(t, "1 day"), Zone: berlin}, {Every: span(t, "10 days"), Zone: berlin}, {Every: span(t, "6 months"), Zone: berlin},
		{Every: span(t, "24 months")}, {Every: span(t, "100 ids"), Origin: 7}, {Every: period.Span{Days: 1}},
	}
	for _, g := range good {
		if err := g.Check(); err != nil {
			t.Errorf("%s in %s: %v", g.Every, g.Zone, err)
		}
	}
	bad := map[string]period.Grid{
		"needs a width":           {},
		"needs a width,":          {Every: span(t, "0")},
		"with a unit":             {Every: span(t, "4")},
		"negative":                {Every: period.Span{Days: -1}},
		"of one unit":             {Every: span(t, "1 month 1 day")},
		"whole number of minutes": {Every: span(t, "90 seconds")},
		"7 minutes do not divide": {Every: span(t, "7 minutes")},
		"48 hours do not divide":  {Every: span(t, "48 hours")},
		"UTC, not Europe/Berlin":  {Every: span(t, "1 hour"), Zone: berlin},
		"5 months do not divide":  {Every: span(t, "5 months")},
		"18 months do not divide": {Every: span(t, "18 months")},
		"thousand years":          {Every: span(t, "1001 years")},
		"than a thousand years":   {Every: span(t, "400000 days")},
	}
	for want, g := range bad {
		if err := g.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s in %s: %v, want %q", g.Every, g.Zone, err, want)
		}
	}
}

func TestGridOfIDs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	g := period.Grid{Every: span(t, "100 ids"), Origin: 7}
	is.Equal(g.At(period.ID(7)).String(), "[7, 107)")
	is.Equal(g.At(period.ID(6)).String(), "[-93, 7)")
	is.Equal(g.At(period.ID(math.MaxInt64)).String(), "[9223372036854775807, infinity)")
	is.Equal(g.At(period.ID(math.MinInt64)).String(), "[-infinity, -9223372036854775793)")
	is.Equal(g.Add(g.At(period.ID(7)), -2).String(), "[-193, -93)")
	first := g.At(period.ID(math.MinInt64))
	is.Equal(g.Add(g.Add(first, 3), -3), first)
	is.Equal(g.Add(first, 0), first)
	is.True(g.Add(first, -1).Empty())
	is.True(g.Add(g.At(period.ID(math.MaxInt64)), 1).Empty())
	is.True(g.Add(g.At(period.ID(0)), math.MaxInt).Empty())
	wide := period.Grid{Every: span(t, "9223372036854775807 ids"), Origin: math.MinInt64}
	for _, n := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		is.True(wide.At(period.ID(n)).Contains(period.ID(n)))
	}
}

func TestGridBeyondTheAxis(t *testing.T) {
	t.Parallel()
	for _, every := range []string{"1 minute", "1 day", "1 week", "1 month", "1000 years", "366000 days"} {
		for _, z := range []string{"UTC", "Pacific/Apia"} {
			if every == "1 minute" && z != "UTC" {
				continue
			}
			g := grid(t, every, z)
			w := g.At(at(t, "2026-11-20T00:00:00Z"))
			for _, n := range []int{math.MaxInt, math.MaxInt32 * 10000, math.MinInt} {
				if v := g.Add(w, n); !v.Empty() || v.From.Finite() {
					t.Errorf("%s: %d windows from now is %s", every, n, v)
				}
			}
			for _, edge := range []time.Time{time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC), time.Date(294246, 12, 31, 23, 0, 0, 0, time.UTC)} {
				p := period.Instant(edge)
				if v := g.At(p); !p.Finite() || !v.Contains(p) {
					t.Errorf("%s: %s is in %s", every, p, v)
				}
			}
		}
	}
	if p := period.Instant(time.Unix(math.MaxInt64/2, 0)); p != period.High() {
		t.Error(p)
	}
	if p := period.Instant(time.Time{}.AddDate(-200_000_000, 0, 0)); p != period.Low() {
		t.Error(p)
	}
}

func TestGridOfAnotherKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	days, ids := grid(t, "1 day", "UTC"), period.Grid{Every: span(t, "10 ids")}
	now := at(t, "2026-11-20T00:00:00Z")
	is.Equal(days.At(period.ID(3)), period.Window{})
	is.Equal(ids.At(now), period.Window{})
	is.Equal(days.At(period.High()), period.Window{})
	is.Equal(period.Grid{}.At(now), period.Window{})
	is.Equal(period.Grid{}.Add(days.At(now), 1), period.Window{})
	is.Equal(days.Add(ids.At(period.ID(3)), 1), period.Window{})
	is.Equal(days.Add(period.Window{}, 1), period.Window{})
}

func TestBetween(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	days := grid(t, "1 day", "UTC")
	var found []string
	for w := range period.Between(days, at(t, "2026-11-20T10:00:00Z"), at(t, "2026-11-22T00:00:00Z")) {
		found = append(found, w.From.String())
	}
	is.Equal(found, []string{"2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"})
	is.Equal(len(slices.Collect(period.Between(days, period.Low(), period.High()))), 0)
	is.Equal(len(slices.Collect(period.Between(grid(t, "1000 years", "UTC"), at(t, "2026-11-20T10:00:00Z"), period.High()))), 293)
	is.Equal(len(slices.Collect(period.Between(period.Grid{}, at(t, "2026-11-20T10:00:00Z"), period.High()))), 0)
}
