package period

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Named is a window and the name of the partition that holds it.
type Named struct {
	Name   string
	Window Window
}

// Reading is what names of existing partitions say about the pattern that they follow. The zero Reading says nothing, since
// there was no name to read.
type Reading struct {
	Names []Named // of the calendar's own windows, in order, each once; no others were looked at

	// Patterns are those that every name agrees with and of which none is simpler than another; where some names follow the
	// calendar's own pattern and the others another, both. One is the pattern, of several none can be chosen, and none means
	// that the names could not be read.
	Patterns []Pattern
}

// Pattern is the one that the names follow, and whether there is exactly one.
func (r Reading) Pattern() (Pattern, bool) {
	if len(r.Patterns) != 1 {
		return Pattern{}, false
	}
	return r.Patterns[0], true
}

// Recognise finds the pattern that names of existing partitions follow: `events_p2026_11_20`, `events_20261120`,
// `events_2026w47`. Windows that are not the calendar's own are ignored; all others must follow it, if only up to a `_2` at the
// end, which a name gets that was taken.
//
// The simplest reading counts: the calendar's own pattern before all; then the one that leaves the fewest digits without
// a meaning; that has the larger unit before the smaller (2026-11-20) before one with the year last (20-11-2026) before any
// other; that is about the start alone before one that is about the last day or the end too; that pads with zeros and
// writes years in full before one that does not. Readings that are alike in all of that and give other windows
// different names are all given: of 11-11-2011 alone nobody can tell which is the month.
func Recognise(table string, named []Named, c Calendar, zone *time.Location) Reading {
	own := windowsOf(c, named)
	if len(own) == 0 {
		return Reading{}
	}
	usual, err := ParsePattern(c.Pattern(), c, zone)
	if err == nil && usual.Named(table, own) {
		return Reading{own, []Pattern{usual}}
	}
	if found := read(table, own, c, zone); len(found) > 0 || err != nil {
		return Reading{own, found}
	}
	rest := slices.DeleteFunc(slices.Clone(own), func(n Named) bool { return usual.Named(table, []Named{n}) })
	if found := read(table, rest, c, zone); len(found) > 0 {
		return Reading{own, append(found, usual)}
	}
	return Reading{Names: own}
}

// read gives the simplest patterns that all names agree with, going by the last of them, or by the first; with {table} for the
// table's name, and where that leads nowhere (it stands in a date by chance) without.
func read(table string, own []Named, c Calendar, zone *time.Location) []Pattern {
	for _, mark := range []string{table, ""} {
		for _, n := range []Named{own[len(own)-1], own[0]} {
			if found := simplest(guess(mark, n, c, zone), table, own, c, zone); len(found) > 0 {
				return found
			}
		}
		if !strings.Contains(own[len(own)-1].Name, table) {
			break // it would be the same again
		}
	}
	return nil
}

// simplest are the patterns of the lowest rank that all names agree with, one for each way to name other windows.
// The guesses are sorted by rank.
func simplest(guesses []guessed, table string, own []Named, c Calendar, zone *time.Location) (found []Pattern) {
	for i, g := range guesses {
		if len(found) > 0 && g.rank != guesses[i-1].rank {
			return found
		}
		p, err := newPattern(g.text, c, zone)
		if err != nil || !p.Named(table, own) {
			continue
		}
		alike := func(q Pattern) bool { return agree(table, p, q) }
		if p, err = p.anchored(); err == nil && !slices.ContainsFunc(found, alike) {
			found = append(found, p)
		}
	}
	return found
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

// Named reports whether all names are those that the pattern gives, some of them perhaps with a `_2` at the end.
func (p Pattern) Named(table string, named []Named) bool {
	exactly := false
	var name []byte
	for _, n := range named {
		name = p.appendName(name[:0], table, n.Window)
		if len(n.Name) < len(name) || n.Name[:len(name)] != string(name) {
			return false
		}
		rest := n.Name[len(name):]
		if rest != "" && !counted(rest) {
			return false
		}
		exactly = exactly || rest == ""
	}
	return exactly
}

// counted reports whether a text is `_2`, `_3` and so on.
func counted(text string) bool {
	digits, ok := strings.CutPrefix(text, "_")
	n, err := strconv.Atoi(digits)
	return ok && err == nil && n >= 2 && strconv.Itoa(n) == digits
}

// agree reports whether two patterns give the same names to windows of the sample.
func agree(table string, p, q Pattern) bool {
	for w := range p.sample {
		if p.Name(table, w) != q.Name(table, w) {
			return false
		}
	}
	return true
}
