package period

import (
	"slices"
	"strings"
	"time"
)

// Named is a window and the name of the partition that holds it.
type Named struct {
	Name   string
	Window Window
}

// Recognise finds the pattern that names of existing partitions follow: `events_p2026_11_20`, `events_20261120`,
// `events_2026w47`. Windows that are not the calendar's own are ignored; all others must follow it. The calendar's own
// pattern comes first, then those with {table}. One name alone is enough only if every pattern that it follows would give
// the next windows the same names.
func Recognise(table string, named []Named, c Calendar, zone *time.Location) (Pattern, bool) {
	own := windowsOf(c, named)
	if len(own) == 0 {
		return Pattern{}, false
	}
	if p, err := ParsePattern(c.Pattern(), c, zone); err == nil && p.followed(table, own) {
		return p, true
	}
	var found []Pattern
	for _, text := range guess(table, own[len(own)-1], c, zone) {
		p, err := newPattern(text, c, zone)
		if err == nil && p.followed(table, own) && p.tellsApart() == nil {
			found = append(found, p)
		}
	}
	if len(found) == 0 || len(own) == 1 && !agree(table, found) {
		return Pattern{}, false
	}
	return found[0], true
}

// windowsOf are those that the calendar has, in order and each name once.
func windowsOf(c Calendar, named []Named) (own []Named) {
	for _, n := range named {
		if n.Window.From.Finite() && !n.Window.Empty() && c.At(n.Window.From) == n.Window {
			own = append(own, n)
		}
	}
	slices.SortFunc(own, func(a, b Named) int {
		if order := a.Window.Compare(b.Window); order != 0 {
			return order
		}
		return strings.Compare(a.Name, b.Name)
	})
	return slices.Compact(own)
}

// followed tells whether all names are those of the pattern.
func (p Pattern) followed(table string, named []Named) bool {
	return !slices.ContainsFunc(named, func(n Named) bool { return p.Name(table, n.Window) != n.Name })
}

// agree tells whether patterns give the same names to windows of the sample.
func agree(table string, patterns []Pattern) bool {
	for w := range patterns[0].sample {
		for _, p := range patterns[1:] {
			if p.Name(table, w) != patterns[0].Name(table, w) {
				return false
			}
		}
	}
	return true
}
