package period_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// named are the windows around an instant with the names that follow a pattern.
func named(t *testing.T, text string, g period.Grid, from string, n int) (list []period.Named) {
	t.Helper()
	p := pattern(t, text, g)
	w := g.At(at(t, from))
	for range n {
		list = append(list, period.Named{Name: p.Name("events", w), Window: w})
		w = g.Add(w, 1)
	}
	return list
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ every, text, want string }{
		{"1 day", "{table}__{yyyy}_{mm}_{dd}", ""},
		{"1 day", "{table}_p{yyyy}_{mm}_{dd}", ""},
		{"1 day", "{table}_{yyyy}{mm}{dd}", ""},
		{"1 day", "{table}_p{yyyy}{mm}{dd}_000000", ""},
		{"1 day", "p{yyyy}{mm}{dd}", ""},
		{"1 day", "{dd}.{mm}.{yyyy} {table}", ""},
		{"1 day", "old_name_{yyyy}{mm}{dd}", ""},
		{"1 month", "{table}_y{yyyy}m{mm}", ""},
		{"1 month", "{table}_v2_{yyyy}_{mm}", ""},
		{"1 month", "{table}_p{yyyy}{mm}01", "{table}_p{yyyy}{mm}{dd}"},
		{"1 week", "{table}_{iyyy}w{ww}", ""},
		{"1 week", "{table}_p{yyyy}{mm}{dd}", ""},
		{"1 quarter", "{table}_p{yyyy}q{q}", ""},
		{"1 year", "{table}_p{yyyy}", ""},
		{"1 hour", "{table}_p{yyyy}{mm}{dd}_{hh}0000", "{table}_p{yyyy}{mm}{dd}_{hh}{mi}00"},
		{"15 minutes", "{table}_{yyyy}{mm}{dd}{hh}{mi}", ""},
	} {
		want := test.text
		if test.want != "" {
			want = test.want
		}
		for _, from := range []string{"2026-11-20T10:00:00Z", "2011-11-11T11:11:00Z"} {
			g := grid(t, test.every, "UTC")
			list := named(t, test.text, g, from, 30)
			list = append(list, period.Named{Name: "a_bridge", Window: period.Window{From: list[0].Window.From, To: list[3].Window.To}})
			if p, ok := period.Recognise("events", list, g, nil).Pattern(); !ok || p.String() != want {
				t.Errorf("%s from %s: %s, %t, want %s", test.text, from, p, ok, want)
			}
		}
	}
}

// One name tells its pattern where the simplest reading is one alone.
func TestRecogniseOneName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		every, name, from string
		want              []string
	}{
		{"1 day", "events__2011_11_11", "2011-11-11T00:00:00Z", []string{"{table}__{yyyy}_{mm}_{dd}"}}, // the default
		{"1 day", "events_2026_11_20", "2026-11-20T00:00:00Z", []string{"{table}_{yyyy}_{mm}_{dd}"}},
		{"1 day", "events_2011_11_11", "2011-11-11T00:00:00Z", []string{"{table}_{yyyy}_{mm}_{dd}"}},
		{"1 day", "events_11_11_2011", "2011-11-11T00:00:00Z", []string{"{table}_{mm}_{dd}_{yyyy}", "{table}_{dd}_{mm}_{yyyy}"}},
		{"1 day", "events_20_11_2026", "2026-11-20T00:00:00Z", []string{"{table}_{dd}_{mm}_{yyyy}"}},
		{"1 day", "events_261120", "2026-11-20T00:00:00Z", []string{"{table}_{yy}{mm}{dd}"}},
		{"1 day", "events_2026_1_5", "2026-01-05T00:00:00Z", []string{"{table}_{yyyy}_{m}_{d}"}},
		{"1 day", "events_2026nov20", "2026-11-20T00:00:00Z", []string{"{table}_{yyyy}{mon}{dd}"}},
		{"1 day", "events_p1_20260105", "2026-01-05T00:00:00Z", []string{"{table}_p1_{yyyy}{mm}{dd}"}},
		{"1 day", "events_1795132800", "2026-11-20T00:00:00Z", []string{"{table}_{epoch}"}},
		{"1 day", "events_20261121", "2026-11-20T00:00:00Z", []string{"{table}_{to_yyyy}{to_mm}{to_dd}"}},
		{"1 day", "events_20261120_20261121", "2026-11-20T00:00:00Z", []string{"{table}_{yyyy}{mm}{dd}_{to_yyyy}{to_mm}{to_dd}"}},
		{"1 day", "events_q4_20261120", "2026-11-20T00:00:00Z", []string{"{table}_q{q}_{yyyy}{mm}{dd}"}},
		{"1 week", "events_2026_11_16", "2026-11-16T00:00:00Z", []string{"{table}_{yyyy}_{mm}_{dd}"}}, // its Monday
		{"1 week", "events_20180101", "2018-01-01T00:00:00Z", []string{"{table}_{yyyy}{mm}{dd}"}},
		{"1 week", "events_p2026w47", "2026-11-16T00:00:00Z", []string{"{table}_p{iyyy}w{ww}"}},
		{"1 week", "events_6w47", "2026-11-16T00:00:00Z", []string{"{table}_{i}w{ww}"}},
		{"1 week", "events_20261122", "2026-11-16T00:00:00Z", []string{"{table}_{last_yyyy}{last_mm}{last_dd}"}},
		{"1 week", "events_20261116_20261122", "2026-11-16T00:00:00Z", []string{"{table}_{yyyy}{mm}{dd}_{last_yyyy}{last_mm}{last_dd}"}},
		{"1 week", "events_20261116_22", "2026-11-16T00:00:00Z", []string{"{table}_{yyyy}{mm}{dd}_{last_dd}"}},
		{"1 month", "events_2026_11", "2026-11-01T00:00:00Z", []string{"{table}_{yyyy}_{mm}"}},
		{"1 month", "events_2026_1", "2026-01-01T00:00:00Z", []string{"{table}_{yyyy}_{m}"}},
		{"1 month", "events_nov_2026", "2026-11-01T00:00:00Z", []string{"{table}_{mon}_{yyyy}"}},
		{"1 month", "events_p20260101", "2026-01-01T00:00:00Z", []string{"{table}_p{yyyy}{mm}{dd}"}},
		{"1 quarter", "events_2026_1", "2026-01-01T00:00:00Z", []string{"{table}_{yyyy}_{q}"}},
		{"6 months", "events_2026_h1", "2026-01-01T00:00:00Z", []string{"{table}_{yyyy}_h{half}"}},
		{"6 months", "events__2026_q1", "2026-01-01T00:00:00Z", []string{"{table}__{yyyy}_q{q}"}}, // as they were named before {half}
		{"1 year", "events_2026", "2026-01-01T00:00:00Z", []string{"{table}_{yyyy}"}},
		{"1 hour", "events_2026112011", "2026-11-20T11:00:00Z", []string{"{table}_{yyyy}{mm}{dd}{hh}"}},
		{"1 day", "events_today", "2026-11-20T00:00:00Z", nil},
		{"1 day", "events_{2026}_11_20", "2026-11-20T00:00:00Z", nil},
		{"1 day", strings.Repeat("01", 31), "0101-01-01T00:00:00Z",
			[]string{"{yyyy}{mm}{dd}{last_yyyy}{last_mm}{last_dd}" + strings.Repeat("01", 23)}},
	} {
		g := grid(t, test.every, "UTC")
		r := period.Recognise("events", []period.Named{{Name: test.name, Window: g.At(at(t, test.from))}}, g, nil)
		var got []string
		for _, p := range r.Patterns {
			got = append(got, p.String())
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) || len(r.Names) != 1 {
			t.Errorf("%s of %s: %s, want %s", test.name, test.every, got, test.want)
		}
	}
}

// A table's name that happens to stand in a date is not taken for {table} where that leads nowhere.
func TestRecogniseTablesNamedLikeDates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ table, text string }{{"1", "p{yyyy}_{mm}_{dd}"}, {"o", "{mon}_{dd}_{yyyy}"}, {"events", "{table}_{yyyy}{mm}{dd}"}} {
		g := grid(t, "1 day", "UTC")
		p := pattern(t, test.text, g)
		var list []period.Named
		for w := range period.Between(g, at(t, "2026-10-20T00:00:00Z"), at(t, "2026-11-20T00:00:00Z")) {
			list = append(list, period.Named{Name: p.Name(test.table, w), Window: w})
		}
		if found, ok := period.Recognise(test.table, list, g, nil).Pattern(); !ok || found.String() != test.text {
			t.Errorf("%s: %s, %t", test.text, found, ok)
		}
	}
}

// A name that was taken has a number behind it, which says nothing about the pattern.
func TestRecogniseTakenNames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{table}__{yyyy}_{mm}_{dd}", "{table}_p{yyyy}{mm}{dd}"} {
		for _, i := range []int{0, 3, 9} {
			g := grid(t, "1 day", "UTC")
			list := named(t, text, g, "2026-11-20T10:00:00Z", 10)
			list[i].Name += "_2"
			if p, ok := period.Recognise("events", list, g, nil).Pattern(); !ok || p.String() != text {
				t.Errorf("%s: %s, %t", text, p, ok)
			}
		}
	}
}

func TestRecogniseWantsAll(t *testing.T) {
	t.Parallel()
	g := grid(t, "1 day", "America/Havana")
	list := named(t, "{table}_{yyyy}{mm}{dd}", g, "2026-02-20T10:00:00Z", 60) // a left-out midnight among them
	if p, ok := period.Recognise("events", list, g, g.Zone).Pattern(); !ok || p.String() != "{table}_{yyyy}{mm}{dd}" {
		t.Error(p, ok)
	}
	list[7].Name += "_x"
	if p, ok := period.Recognise("events", list, g, g.Zone).Pattern(); ok {
		t.Error(p)
	}
	if p, ok := period.Recognise("events", nil, g, g.Zone).Pattern(); ok {
		t.Error(p)
	}
}

func TestRecogniseIDs(t *testing.T) {
	t.Parallel()
	g := period.Grid{Every: span(t, "100 ids")}
	for _, text := range []string{"{table}__{start}", "{table}_p{start}", "{table}_2_{start}"} {
		p := pattern(t, text, g)
		var list []period.Named
		for w := range period.Between(g, period.ID(-300), period.ID(300)) {
			list = append(list, period.Named{Name: p.Name("jobs", w), Window: w})
		}
		if found, ok := period.Recognise("jobs", list, g, nil).Pattern(); !ok || found.String() != text {
			t.Errorf("%s: %s, %t", text, found, ok)
		}
	}
}

// TestRecogniseIsQuick has a name that reads in very many ways.
func TestRecogniseIsQuick(t *testing.T) {
	t.Parallel()
	g := grid(t, "1 minute", "UTC")
	list := named(t, "{table}__{yyyy}_{mm}_{dd}_{hh}{mi}", g, "2011-11-11T11:11:00Z", 3)
	for i := range list {
		list[i].Name = "m" + strings.Repeat("11", 31)
	}
	begin := time.Now()
	if p, ok := period.Recognise("1", list, g, nil).Pattern(); ok {
		t.Error(p)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
