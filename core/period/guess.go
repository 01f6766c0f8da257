package period

import (
	"slices"
	"strings"
	"time"
)

// guessed is a pattern that a name may follow, and how simple it is.
type guessed struct {
	text string
	rank rank
}

// guess gives the patterns that a name may follow, the simplest first. One that holds the table's name has {table} for it; an
// empty one is nowhere.
func guess(table string, n Named, c Calendar, zone *time.Location) []guessed {
	name := n.Name
	if before, after, ok := strings.Cut(name, table); ok && table != "" {
		name = before + tableMark + after
	}
	var all []guessed
	for _, edges := range [][]edge{{ofStart}, {ofStart, ofLast}, {ofStart, ofEnd}} {
		g := guesser{calendar: c}
		for _, h := range likely(c, edges) {
			g.likely = append(g.likely, written{h, string(Pattern{zone: namingZone(c, zone)}.append(nil, h, n.Window))})
		}
		g.walk("", name, nil, 0)
		all = append(all, g.found...)
	}
	slices.SortStableFunc(all, func(a, b guessed) int { return a.rank.compare(b.rank) })
	return slices.CompactFunc(all, func(a, b guessed) bool { return a.text == b.text })
}

// tableMark stands for {table} while digits are looked for; no name holds it.
const tableMark = "\x00"

// enough ends the guessing for names that are nothing but repeated digits.
const enough = 2000

// guesser reads the digits and the names of months in a name as parts of the window.
type guesser struct {
	calendar Calendar
	likely   []written
	leaves   int
	found    []guessed
}

// written is a placeholder and what it is for the window.
type written struct {
	placeholder
	text string
}

// likely are the placeholders to look for, in order of preference. A grid of days has no hours: what looks like
// them would be 01 where a change of clocks leaves out midnight.
func likely(c Calendar, edges []edge) (all []placeholder) {
	parts := []part{year, month, dayOfMon, hour, minutes, isoYear, isoWeek, quarter, half, shortYear, monthBare, dayBare, monthName, isoDigit, epoch, bound}
	g, ok := c.(Grid)
	for _, e := range edges {
		for _, t := range parts {
			h := placeholder{e, t}
			clock := t == hour || t == minutes
			switch {
			case ok && g.Every.IDs > 0 && t != bound, ok && g.Every.IDs == 0 && t == bound, t == bound && e == ofLast:
			case clock && (ok && g.Every.Exact == 0 || e == ofLast), t == epoch && e == ofLast:
			default:
				all = append(all, h)
			}
		}
	}
	return all
}

// walk reads the rest of a name in every way: where a placeholder writes what comes next, that placeholder, each sort of
// part once; else digits stand for themselves (`v2`, or the seconds of an hour).
func (g *guesser) walk(done, rest string, used []placeholder, unread int) {
	for at := range len(rest) {
		if g.leaves >= enough {
			return
		}
		for _, h := range g.likely {
			after, ok := strings.CutPrefix(rest[at:], h.text)
			if ok && g.fits(h.placeholder, done+rest[:at], used) {
				g.walk(done+rest[:at]+"{"+h.String()+"}", after, append(slices.Clone(used), h.placeholder), unread)
			}
		}
		if digits := len(rest[at:]) - len(strings.TrimLeft(rest[at:], "0123456789")); digits > 0 {
			g.walk(done+rest[:at+digits], rest[at+digits:], used, unread+digits)
			return
		}
	}
	g.leaves++
	if sensible(used) {
		g.found = append(g.found, guessed{strings.ReplaceAll(done+rest, tableMark, "{table}"), rankOf(used, unread)})
	}
}

// fits reports whether a placeholder can come next. A single digit is a quarter or a half only behind their letter, or where the
// windows are that.
func (g *guesser) fits(h placeholder, before string, used []placeholder) bool {
	if slices.ContainsFunc(used, func(u placeholder) bool { return u.edge == h.edge && u.part.unit() == h.part.unit() }) {
		return false
	}
	letter := strings.ToLower(before[max(0, len(before)-1):])
	grid, _ := g.calendar.(Grid)
	switch h.part {
	case quarter:
		return letter == "q" || grid.Every.Months == 3 && letter != "h" && letter != "s"
	case half:
		return letter == "h" || letter == "s" || grid.Every.Months == 6 && letter != "q"
	}
	return true
}
