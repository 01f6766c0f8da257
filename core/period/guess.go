package period

import (
	"slices"
	"strings"
	"time"
)

// guess gives the patterns that a name may follow, the likeliest first.
func guess(table string, n Named, c Calendar, zone *time.Location) []string {
	g := guesser{window: n.Window, pattern: Pattern{zone: namingZone(c, zone)}, likely: likely(c)}
	if before, after, ok := strings.Cut(n.Name, table); ok && table != "" {
		g.walk("", before+tableMark+after, nil)
	}
	g.walk("", n.Name, nil)
	return g.texts
}

// tableMark stands for {table} while digits are looked for; no name holds it.
const tableMark = "\x00"

// enough ends the guessing for names that are nothing but repeated digits.
const enough = 2000

// guesser reads the digits in a name as parts of the window's start.
type guesser struct {
	window  Window
	pattern Pattern
	likely  []placeholder
	texts   []string
}

// likely are the placeholders to look for, in order of preference. A grid of days has no hours: what looks like
// them would be 01 where a change of clocks leaves out midnight.
func likely(c Calendar) []placeholder {
	switch g, ok := c.(Grid); {
	case ok && g.Every.IDs > 0:
		return []placeholder{{part: bound}}
	case ok && g.Every.Exact == 0:
		return starting(year, month, dayOfMon, isoYear, isoWeek, quarter)
	default:
		return starting(year, month, dayOfMon, hour, minutes, isoYear, isoWeek, quarter, bound)
	}
}

// walk reads the rest of a name in every way: at digits, one placeholder after the other that the window would write so,
// each once; else the digits stand for themselves (`v2`, or the seconds of an hour).
func (g *guesser) walk(done, rest string, used []placeholder) {
	at := strings.IndexAny(rest, "0123456789m")
	switch {
	case len(g.texts) >= enough:
		return
	case at < 0:
		g.take(done + rest)
		return
	}
	done, rest = done+rest[:at], rest[at:]
	for _, h := range g.likely {
		if after, ok := strings.CutPrefix(rest, g.pattern.of(h, g.window)); ok && !slices.Contains(used, h) {
			g.walk(done+"{"+h.String()+"}", after, append(slices.Clone(used), h))
		}
	}
	literal := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	literal = max(literal, 1) // an m that is no minus
	g.walk(done+rest[:literal], rest[literal:], used)
}

func (g *guesser) take(text string) {
	g.texts = append(g.texts, strings.ReplaceAll(text, tableMark, "{table}"))
}

func starting(parts ...part) (all []placeholder) {
	for _, t := range parts {
		all = append(all, placeholder{part: t})
	}
	return all
}
