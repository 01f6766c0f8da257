package period_test

import (
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// FuzzParseSpan holds that what is read is written so that it reads the same, and moves a point without harm.
func FuzzParseSpan(f *testing.F) {
	for _, text := range []string{"1 day", "2 weeks", "1 month 3 days", "5000000 ids", "4", "0", "-1 day", "2147483647 months", "9223372036 seconds", "720h0m0s", "1y6mo2w30d", "5µs"} {
		f.Add(text)
	}
	now, berlin := at(f, "2026-11-20T10:00:00Z"), zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := period.ParseSpan(text)
		if err != nil {
			return
		}
		if back, err := period.ParseSpan(s.String()); err != nil || back != s || !s.Set {
			t.Errorf("%q is %+v, written %q, read %+v, %v", text, s, s.String(), back, err)
		}
		if forward, back := s.Forward(now, berlin), s.Back(now, berlin); forward.Before(now) || now.Before(back) {
			t.Errorf("%q moves %s to %s and %s", text, now, forward, back)
		}
		g := period.Grid{Every: s, Zone: berlin}
		if w := g.At(now); g.Check() == nil && s.IDs == 0 && !w.Contains(now) {
			t.Errorf("%s is in %s of %s", now, w, s)
		}
	})
}

func fuzzGrids(tb testing.TB) []period.Grid {
	tb.Helper()
	return []period.Grid{grid(tb, "15 minutes", "UTC"), grid(tb, "1 hour", "UTC"), grid(tb, "1 day", "America/Havana"), grid(tb, "1 week", "Pacific/Apia"),
		grid(tb, "1 month", "Europe/Berlin"), grid(tb, "1 quarter", "Asia/Kolkata"), grid(tb, "6 months", "UTC"), grid(tb, "1 year", "UTC"), {Every: span(tb, "100 ids")}}
}

// FuzzParsePattern holds that a pattern that is taken names every window so that it is found again.
func FuzzParsePattern(f *testing.F) {
	for i, text := range []string{"{table}__{yyyy}_{mm}_{dd}", "{yyyy}{mm}{dd}{hh}{mi}", "{iyyy}w{ww}", "{table}{start}", "{", "}", "{q}{yyyy}{table}", "{start}{start}",
		"{table}_{yy}{mm}{dd}_{hh}{mi}", "{table}{i}w{ww}", "{mon}_{d}_{yyyy}", "{table}_{epoch}", "{last_yyyy}{last_mm}{last_dd}{table}", "{to_iyyy}{to_ww}", "{to_epoch}",
		"{yyyy}h{half}", "{last_m}.{last_d}.{last_yyyy}", "{start}_{end}"} {
		f.Add(text, "events", uint8(i), int64(1_700_000_000_000_000))
	}
	grids := fuzzGrids(f)
	f.Fuzz(func(t *testing.T, text, table string, unit uint8, n int64) {
		g := grids[int(unit)%len(grids)]
		p, err := period.ParsePattern(text, g, g.Zone)
		if err != nil {
			return
		}
		w := g.At(period.ID(n))
		if g.Every.IDs == 0 {
			w = g.At(period.Instant(time.UnixMicro(n)))
		}
		if !w.From.Finite() {
			return
		}
		name := p.Name(table, w)
		back, ok := p.Parse(table, name)
		from, _ := w.From.Time()
		to, _ := w.To.Time()
		switch {
		case strings.Contains(text, "i}") && !ok: // {i}: of any decade
			return
		case strings.Contains(text, "yy}") && (from.Year() < 1970 || to.Year() > 2069) && p.Name(table, back) == name: // {yy}: of any century
			return
		case !ok || back != w:
			t.Errorf("%q of %s names %s %q, and that is the name of %s", text, g.Every, w, name, back)
		}
	})
}

// FuzzPatternParse holds that a window found by a name has this name.
func FuzzPatternParse(f *testing.F) {
	for i, name := range []string{"events__2026_11_20_1415", "events__2026_w47", "events__2026_q4", "events__m100", "events__294246", "events__-001"} {
		f.Add("events", name, uint8(i))
	}
	var patterns []period.Pattern
	for _, g := range fuzzGrids(f) {
		patterns = append(patterns, pattern(f, g.Pattern(), g))
	}
	f.Fuzz(func(t *testing.T, table, name string, unit uint8) {
		p := patterns[int(unit)%len(patterns)]
		if w, ok := p.Parse(table, name); ok && p.Name(table, w) != name {
			t.Errorf("%q of %q is %s, which is named %q", name, table, w, p.Name(table, w))
		}
	})
}

// FuzzDecode holds that what is read is written so that it reads the same.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"2026-11-20 00:00:00+00", "2026-11-20 05:30:15.5+05:30:15", "0044-03-15 12:00:00 BC", "2026-11-20", "infinity", "-infinity",
		"294246-12-31", "4714-11-24 00:00:00+00 BC", "2011-12-30"} {
		f.Add(text)
	}
	var encodings []period.Encoding
	for _, columnType := range []string{"timestamp with time zone", "timestamp(0) without time zone", "timestamp without time zone", "date"} {
		for _, name := range []string{"UTC", "America/Havana", "Pacific/Apia"} {
			encodings = append(encodings, encoding(f, columnType, name))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range encodings {
			if p, err := e.Decode(text); err == nil && !period.Fits(e, p) {
				t.Errorf("%T %+v reads %q as %s and writes %q", e, e, text, p, e.Literal(p))
			}
		}
	})
}

// FuzzRecognise holds that a pattern that is read off a name gives that name.
func FuzzRecognise(f *testing.F) {
	for i, name := range []string{"events__2026_11_20_1415", "events_p20261120", "events_20261116_20261122", "events_11_11_2011", "20261120", "events_2026nov", "m100_200", "\x00"} {
		f.Add("events", name, uint8(i), int64(1_795_132_800_000_000))
	}
	grids := fuzzGrids(f)
	f.Fuzz(func(t *testing.T, table, name string, unit uint8, n int64) {
		g := grids[int(unit)%len(grids)]
		w := g.At(period.ID(n))
		if g.Every.IDs == 0 {
			w = g.At(period.Instant(time.UnixMicro(n)))
		}
		r := period.Recognise(table, []period.Named{{Name: name, Window: w}}, g, g.Zone)
		for _, p := range r.Patterns {
			if p.Name(table, w) != name {
				t.Errorf("%q of %q is read as %s, which names it %q", name, table, p, p.Name(table, w))
			}
		}
	})
}
