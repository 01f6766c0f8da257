package period_test

import (
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func pattern(t testing.TB, text string, g period.Grid) period.Pattern {
	t.Helper()
	p, err := period.ParsePattern(text, g, g.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDefaultNames(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T14:20:00Z")
	for every, want := range map[string]string{
		"15 minutes": "events__2026_11_20_1415",
		"90 minutes": "events__2026_11_20_1330",
		"1 hour":     "events__2026_11_20_14",
		"6 hours":    "events__2026_11_20_12",
		"1 day":      "events__2026_11_20",
		"1 week":     "events__2026_w47",
		"2 weeks":    "events__2026_w46",
		"1 month":    "events__2026_11",
		"6 months":   "events__2026_h2",
		"4 months":   "events__2026_09",
		"1 quarter":  "events__2026_q4",
		"1 year":     "events__2026",
		"5 years":    "events__2025",
	} {
		g := grid(t, every, "UTC")
		p := pattern(t, g.Pattern(), g)
		w := g.At(now)
		if got := p.Name("events", w); got != want || len(got) != p.Longest("events") {
			t.Errorf("%s: %s, want %s of %d bytes", every, got, want, p.Longest("events"))
		}
		if back, ok := p.Parse("events", want); !ok || back != w {
			t.Errorf("%s: %s is the name of %s, want %s", every, want, back, w)
		}
		if p.String() != g.Pattern() {
			t.Errorf("%s: %s, want %s", every, p, g.Pattern())
		}
	}
}

func TestNamesOfIDs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	g := period.Grid{Every: span(t, "100 ids")}
	p := pattern(t, g.Pattern(), g)
	is.Equal(p.Name("jobs", g.At(period.ID(-1))), "jobs__m100")
	is.Equal(p.Name("jobs", g.At(period.ID(250))), "jobs__200")
	is.Equal(p.Longest("jobs"), len("jobs__m9223372036854775808"))
	for _, n := range []int64{-101, -1, 0, 99, 100, math.MaxInt64, math.MinInt64 + 200} {
		w, ok := p.Parse("jobs", p.Name("jobs", g.At(period.ID(n))))
		is.True(ok)
		is.Equal(w, g.At(period.ID(n)))
	}
	for _, name := range []string{"jobs__", "jobs__150", "jobs__0100", "jobs__-100", "jobs__m0", "jobs__9223372036854775900", "jobs__1m00"} {
		if w, ok := p.Parse("jobs", name); ok {
			t.Errorf("%s is the name of %s", name, w)
		}
	}
}

func TestNamesAreInTheGridsZone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, name := range []string{"America/Havana", "America/Sao_Paulo", "Asia/Beirut"} { // midnight is left out there at times
		g := grid(t, "1 day", name)
		p := pattern(t, "{table}_{yyyy}{mm}{dd}_{hh}", g)
		for _, c := range changes(g.Zone) {
			w := g.At(period.Instant(c))
			back, ok := p.Parse("t", p.Name("t", w))
			is.True(ok)
			is.Equal(back, w)
		}
	}
	hours := grid(t, "1 hour", "UTC")
	p, err := period.ParsePattern(hours.Pattern(), hours, zone(t, "Asia/Tokyo"))
	is.NoErr(err)
	is.Equal(p.Name("t", hours.At(at(t, "2026-11-20T14:20:00Z"))), "t__2026_11_20_14")
}

func TestNamesOfOddTables(t *testing.T) {
	t.Parallel()
	g := grid(t, "1 day", "UTC")
	w := g.At(at(t, "2026-11-20T14:20:00Z"))
	for _, table := range []string{"Ereignisse.größer", `a"b`, "{table}", "2026", "t__2026_11_20", "", "{yyyy}"} {
		for _, text := range []string{"{table}__{yyyy}_{mm}_{dd}", "{yyyy}{mm}{dd}{table}", "p{yyyy}{dd}{mm}", "{table}{yyyy}{mm}{dd}{table}", "{iyyy}{yyyy}{mm}{dd}"} {
			p := pattern(t, text, g)
			name := p.Name(table, w)
			if back, ok := p.Parse(table, name); !ok || back != w || len(name) != p.Longest(table) {
				t.Errorf("%s of %s: %s is the name of %s, %t", text, table, name, back, ok)
			}
		}
	}
}

func TestNamesBeyondFourDigits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, text := range []string{"10000-01-01", "294246-12-30", "0999-01-01", "0044-03-15 BC", "4000-01-01 BC"} {
		e, err := period.EncodingOf("date", "", nil)
		is.NoErr(err)
		for _, form := range []string{"{table}__{yyyy}_{mm}_{dd}", "{yyyy}{mm}{dd}"} {
			g := grid(t, "1 day", "UTC")
			p := pattern(t, form, g)
			w := g.At(decoded(t, e, text))
			back, ok := p.Parse("t", p.Name("t", w))
			is.True(ok)
			is.Equal(back, w)
		}
	}
}

// TestNamesThatLeaveOutTheDay has windows that begin somewhere in the week that names them.
func TestNamesThatLeaveOutTheDay(t *testing.T) {
	t.Parallel()
	g := grid(t, "10 days", "Europe/Berlin")
	p := pattern(t, "{table}_{iyyy}w{ww}", g)
	for w := range period.Between(g, at(t, "2020-01-01T00:00:00Z"), at(t, "2030-01-01T00:00:00Z")) {
		if back, ok := p.Parse("t", p.Name("t", w)); !ok || back != w {
			t.Fatalf("%s is the name of %s, want %s", p.Name("t", w), back, w)
		}
	}
}

func TestPatternKnowsOnlyItsNames(t *testing.T) {
	t.Parallel()
	g := grid(t, "1 week", "UTC")
	p := pattern(t, g.Pattern(), g)
	for _, name := range []string{"", "events", "events__", "events__2026_w54", "events__2026_w00", "events__2026_w4", "events__2026_w477",
		"other__2026_w47", "events__2026_w47_2", "events__20a6_w47", "events__2026-w47", "events__+026_w47", "events__2026_w-1"} {
		if w, ok := p.Parse("events", name); ok {
			t.Errorf("%s is the name of %s", name, w)
		}
	}
	is := is.New(t)
	_, ok := period.Pattern{}.Parse("events", "")
	is.True(!ok)
	is.Equal(period.Pattern{}.Name("events", g.At(at(t, "2026-11-20T00:00:00Z"))), "")
}

func TestParsePatternRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, every, want string }{
		{"", "1 day", "empty"},
		{"{table}", "1 day", "the name \"{table}\""},
		{"{table}", "1 year", "two windows"},
		{"{table}_{yyyy}_{mm}", "1 day", "two windows"},
		{"{table}_{mm}_{dd}", "1 day", "two windows"},
		{"{table}_{yyyy}_{dd}", "1 day", "two windows"},
		{"{table}_{mm}", "1 month", "two windows"},
		{"{table}_{yyyy}_w{ww}", "1 week", "two windows"},
		{"{table}_{iyyy}_w{ww}", "1 day", "two windows"},
		{"{table}_{iyyy}_{mm}_{dd}", "1 day", "two windows"},
		{"{table}_{iyyy}_{mm}", "1 month", "two windows"},
		{"{table}_{iyyy}", "1 year", "two windows"},
		{"{table}_{yyyy}_{mm}_{dd}", "1 hour", "two windows"},
		{"{table}_{yyyy}_{mm}_{dd}_{mi}", "15 minutes", "two windows"},
		{"{table}_{hh}{mi}", "1 minute", "two windows"},
		{"{table}_{yyyy}_{mm}_{hh}{mi}", "1 minute", "two windows"},
		{"{table}_{yyy}", "1 year", "{yyy}"},
		{"{table}_{}", "1 year", "{}"},
		{"{table}_{yyyy", "1 year", "never closed"},
		{"{table}_yyyy}", "1 year", "never opened"},
		{"{ta{ble}}_{yyyy}", "1 year", "{ta{ble}"},
		{"{table}_{start}", "1 year", "windows of ids"},
		{"{table}_{n}", "1 year", "{n}"},
		{"{table}_{value}", "1 year", "{value}"},
		{"{table}_{yyyy}", "10 ids", "windows of time"},
		{"{table}", "10 ids", "two windows"},
		{"{start}{start}", "10 ids", "only once"},
		{"{table}\x00{yyyy}", "1 year", "control"},
		{"{table}\xff{yyyy}", "1 year", "UTF-8"},
	} {
		_, err := period.ParsePattern(test.text, grid(t, test.every, "UTC"), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s: %v, want %q", test.text, test.every, err, test.want)
		}
	}
	if _, err := period.ParsePattern("{table}", nil, nil); err == nil {
		t.Error("no error without a calendar")
	}
}

func TestFinest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ zone, at, want string }{
		{"UTC", "2026-11-20T00:00:00Z", "t__2026_11_20"},
		{"UTC", "2026-11-20T23:00:00Z", "t__2026_11_20_23"},
		{"UTC", "2026-11-20T23:15:00Z", "t__2026_11_20_2315"},
		{"Europe/Berlin", "2026-11-20T23:00:00Z", "t__2026_11_21"},
		{"Asia/Kolkata", "2026-11-20T23:00:00Z", "t__2026_11_21_0430"},
		{"Asia/Kolkata", "2026-11-20T22:30:00Z", "t__2026_11_21_04"},
		{"America/Havana", "2026-03-08T05:00:00Z", "t__2026_03_08"},    // clocks already show 01:00
		{"America/Havana", "2026-11-01T05:00:00Z", "t__2026_11_01"},    // the second midnight
		{"America/Havana", "2026-11-01T04:00:00Z", "t__2026_11_01_00"}, // the first
	} {
		if got := period.Finest("t", at(t, test.at), zone(t, test.zone)); got != test.want {
			t.Errorf("%s in %s: %s, want %s", test.at, test.zone, got, test.want)
		}
	}
	if got := period.Finest("t", period.ID(-7), nil); got != "t__m7" {
		t.Error(got)
	}
}
