package period_test

import (
	"testing"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func BenchmarkGrid(b *testing.B) {
	g := grid(b, "1 day", "Europe/Berlin")
	now := at(b, "2026-11-20T10:00:00Z")
	w := g.At(now)
	b.Run("At", func(b *testing.B) {
		for b.Loop() {
			g.At(now)
		}
	})
	b.Run("AtIn2090", func(b *testing.B) {
		later := at(b, "2090-11-20T10:00:00Z")
		for b.Loop() {
			g.At(later)
		}
	})
	b.Run("Add", func(b *testing.B) {
		for b.Loop() {
			g.Add(w, 14)
		}
	})
	b.Run("AddAcrossTheDateLine", func(b *testing.B) {
		apia := grid(b, "1 day", "Pacific/Apia")
		w := apia.At(now)
		for b.Loop() {
			apia.Add(w, -36500)
		}
	})
	b.Run("BetweenYear", func(b *testing.B) {
		for b.Loop() {
			for range period.Between(g, now, at(b, "2027-11-20T10:00:00Z")) {
			}
		}
	})
}

func BenchmarkPattern(b *testing.B) {
	g := grid(b, "1 day", "Europe/Berlin")
	p := pattern(b, g.Pattern(), g)
	w := g.At(at(b, "2026-11-20T10:00:00Z"))
	b.Run("ParsePattern", func(b *testing.B) {
		for b.Loop() {
			pattern(b, g.Pattern(), g)
		}
	})
	b.Run("Name", func(b *testing.B) {
		for b.Loop() {
			p.Name("events", w)
		}
	})
	b.Run("Parse", func(b *testing.B) {
		for b.Loop() {
			p.Parse("events", "events__2026_11_20")
		}
	})
}

func BenchmarkRecognise(b *testing.B) {
	g := grid(b, "1 day", "Europe/Berlin")
	for name, text := range map[string]string{"usual": g.Pattern(), "other": "{table}_p{yyyy}{mm}{dd}", "ambiguous": "", "unreadable": ""} {
		var list []period.Named
		w := g.At(at(b, "2026-11-11T10:00:00Z"))
		for n := range 30 {
			one := period.Named{Window: w}
			switch name {
			case "ambiguous":
				one.Name = "events_11_11_2026"
			case "unreadable":
				one.Name = "events_11_11_2026_" + string(rune('a'+n))
			default:
				one.Name = pattern(b, text, g).Name("events", w)
			}
			list = append(list, one)
			w = g.Add(w, 1)
			if name == "ambiguous" {
				break
			}
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				period.Recognise("events", list, g, g.Zone)
			}
		})
	}
}
