package period_test

import (
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// TestGridTilesAroundEveryChange looks at each change of clocks of every zone, 1970 to 2100: away from changes a local
// day is 24 hours and nothing can go wrong.
func TestGridTilesAroundEveryChange(t *testing.T) {
	t.Parallel()
	for name, z := range distinctZones(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChecks(t, z)
			for i, change := range changes(z) {
				// From 2037 on rules repeat every 28 years, until 2100 is no leap year.
				if year := change.Year(); year > 2066 && year < 2098 {
					continue
				}
				p := period.Instant(change)
				for _, d := range []time.Duration{-time.Microsecond, 0} {
					c.window(c.grids[0], shift(p, d))
				}
				c.window(c.grids[1+i%(len(c.grids)-1)], p)
			}
			for _, g := range c.grids {
				c.window(g, at(t, "1969-12-31T23:59:59.999999Z"))
				c.window(g, at(t, "2100-12-31T12:00:00Z"))
			}
		})
	}
}

// TestGridTilesEveryDay walks every day of zones with odd midnights from 1970 to 2100.
func TestGridTilesEveryDay(t *testing.T) {
	t.Parallel()
	for _, name := range oddZones() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := grid(t, "1 day", name)
			first := g.At(at(t, "1970-01-01T00:00:00Z"))
			w, end := first, at(t, "2101-01-01T00:00:00Z")
			for n := 0; w.From.Before(end); n++ {
				if n%100 == 0 && g.Add(first, n) != w {
					t.Fatalf("%d days after %s: %s, want %s", n, first, g.Add(first, n), w)
				}
				if n%100 == 0 && g.Add(w, -n) != first {
					t.Fatalf("%d days before %s: %s, want %s", n, w, g.Add(w, -n), first)
				}
				next := g.Add(w, 1)
				if w.Empty() || next.From != w.To || g.At(w.From) != w {
					t.Fatalf("%s is followed by %s, and its start is in %s", w, next, g.At(w.From))
				}
				w = next
			}
		})
	}
}

// checks are what must hold for every window of a zone.
type checks struct {
	t         *testing.T
	grids     []period.Grid
	patterns  map[period.Grid]period.Pattern
	encodings []period.Encoding
}

func newChecks(t *testing.T, z *time.Location) checks {
	t.Helper()
	c := checks{t: t, patterns: map[period.Grid]period.Pattern{}}
	for _, every := range []string{"1 day", "1 week", "1 month", "1 quarter", "1 year", "2 weeks", "3 days", "4 months", "2 years"} {
		g := period.Grid{Every: span(t, every), Zone: z}
		p, err := period.ParsePattern(g.Pattern(), g, z)
		if err != nil || g.Check() != nil {
			t.Fatal(err, g.Check())
		}
		c.grids, c.patterns[g] = append(c.grids, g), p
	}
	for _, columnType := range []string{"timestamp with time zone", "timestamp without time zone", "date"} {
		e, err := period.EncodingOf(columnType, "", z)
		if err != nil {
			t.Fatal(err)
		}
		c.encodings = append(c.encodings, e)
	}
	return c
}

// window checks the window of g that holds p and the next one.
func (c checks) window(g period.Grid, p period.Point) {
	c.t.Helper()
	w := g.At(p)
	if !w.Contains(p) {
		c.t.Fatalf("%s is not in its window %s of %s", p, w, g.Every)
	}
	for _, v := range []period.Window{w, g.Add(w, 1)} {
		next := g.Add(v, 1)
		switch {
		case v.Empty():
			c.t.Fatalf("window %s of %s is empty", v, g.Every)
		case next.From != v.To, g.Add(next, -1) != v:
			c.t.Fatalf("window %s of %s is followed by %s, and that by %s before", v, g.Every, next, g.Add(next, -1))
		case g.At(v.From) != v, g.At(shift(v.To, -time.Microsecond)) != v:
			c.t.Fatalf("window %s of %s has edges in other windows", v, g.Every)
		case g.Add(v, 2) != g.Add(next, 1), g.Add(g.Add(v, -9), 9) != v:
			c.t.Fatalf("steps from window %s of %s do not add up", v, g.Every)
		}
		c.roundTrips(g, v)
	}
}

func (c checks) roundTrips(g period.Grid, w period.Window) {
	c.t.Helper()
	name := c.patterns[g].Name("events", w)
	if back, ok := c.patterns[g].Parse("events", name); !ok || back != w {
		c.t.Fatalf("window %s of %s is named %s, and that is the name of %s", w, g.Every, name, back)
	}
	for _, e := range c.encodings {
		if back, err := e.Decode(e.Literal(w.From)); err != nil || back != w.From {
			c.t.Fatalf("%T writes %s as %s and reads %s, %v", e, w.From, e.Literal(w.From), back, err)
		}
	}
}

func TestShortWindowsTile(t *testing.T) {
	t.Parallel()
	for _, every := range []string{"1 minute", "15 minutes", "1 hour", "6 hours", "24 hours"} {
		c := newChecks(t, time.UTC)
		g := period.Grid{Every: span(t, every)}
		p, err := period.ParsePattern(g.Pattern(), g, nil)
		if err != nil || g.Check() != nil {
			t.Fatal(err, g.Check())
		}
		c.patterns[g] = p
		c.encodings = c.encodings[:2]
		for _, text := range []string{"1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-11-20T19:35:00Z", "2100-02-28T23:59:00Z"} {
			c.window(g, at(t, text))
		}
	}
}
