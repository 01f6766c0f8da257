package period_test

import (
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
			if p, ok := period.Recognise("events", list, g, nil); !ok || p.String() != want {
				t.Errorf("%s from %s: %s, %t, want %s", test.text, from, p, ok, want)
			}
		}
	}
}

func TestRecogniseOneName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, from, want string
	}{
		{"events__2011_11_11", "2011-11-11T00:00:00Z", "{table}__{yyyy}_{mm}_{dd}"}, // the default
		{"events_2026_11_20", "2026-11-20T00:00:00Z", "{table}_{yyyy}_{mm}_{dd}"},
		{"events_2011_11_11", "2011-11-11T00:00:00Z", ""}, // month and day, or day and month
		{"events_today", "2026-11-20T00:00:00Z", ""},
		{"events_{2026}_11_20", "2026-11-20T00:00:00Z", ""},
		{strings.Repeat("01", 31), "0101-01-01T00:00:00Z", ""},
	} {
		g := grid(t, "1 day", "UTC")
		p, ok := period.Recognise("events", []period.Named{{Name: test.name, Window: g.At(at(t, test.from))}}, g, nil)
		if ok != (test.want != "") || p.String() != test.want {
			t.Errorf("%s: %s, %t, want %s", test.name, p, ok, test.want)
		}
	}
}

func TestRecogniseWantsAll(t *testing.T) {
	t.Parallel()
	g := grid(t, "1 day", "America/Havana")
	list := named(t, "{table}_{yyyy}{mm}{dd}", g, "2026-02-20T10:00:00Z", 60) // a left-out midnight among them
	if p, ok := period.Recognise("events", list, g, g.Zone); !ok || p.String() != "{table}_{yyyy}{mm}{dd}" {
		t.Error(p, ok)
	}
	list[7].Name += "_2"
	if p, ok := period.Recognise("events", list, g, g.Zone); ok {
		t.Error(p)
	}
	if p, ok := period.Recognise("events", nil, g, g.Zone); ok {
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
		if found, ok := period.Recognise("jobs", list, g, nil); !ok || found.String() != text {
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
	if p, ok := period.Recognise("1", list, g, nil); ok {
		t.Error(p)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
