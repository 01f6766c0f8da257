package period

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Pattern names the partitions of a calendar's windows, and finds the window of a name. ParsePattern makes one;
// the zero Pattern gives empty names and knows none.
type Pattern struct {
	text     string
	pieces   []piece
	calendar Calendar
	zone     *time.Location
}

// piece is a placeholder, or literal text where that is empty.
type piece struct {
	placeholder placeholder
	literal     string
}

// ParsePattern reads a pattern such as `{table}__{yyyy}_{mm}_{dd}`. Its placeholders are {table}, {yyyy}, {mm}, {dd},
// {hh}, {mi}, {iyyy} and {ww} (the ISO year and week), {q} (the quarter), all of the window's start in zone, and {start}
// for windows of ids; everything else stands for itself. A nil zone is UTC; windows of a Grid that are shorter than a day
// are named in UTC whatever the zone. A pattern that gives two windows one name is an error. Errors are clauses.
func ParsePattern(text string, c Calendar, zone *time.Location) (Pattern, error) {
	if c == nil {
		return Pattern{}, errors.New("a pattern needs a calendar whose windows it names")
	}
	p, err := newPattern(text, c, zone)
	if err != nil {
		return Pattern{}, err
	}
	if err := p.tellsApart(); err != nil {
		return Pattern{}, err
	}
	return p, nil
}

// newPattern is ParsePattern without the comparison of names.
func newPattern(text string, c Calendar, zone *time.Location) (Pattern, error) {
	pieces, err := parsePieces(text)
	if err != nil {
		return Pattern{}, err
	}
	p := Pattern{text: text, pieces: pieces, calendar: c, zone: namingZone(c, zone)}
	return p, p.fits(c)
}

// namingZone is the zone that names are in: windows shorter than a day are absolute.
func namingZone(c Calendar, zone *time.Location) *time.Location {
	if g, ok := c.(Grid); ok && g.Every.Exact > 0 {
		return time.UTC
	}
	return orUTC(zone)
}

func parsePieces(text string) (pieces []piece, err error) {
	switch {
	case text == "":
		return nil, errors.New("a pattern cannot be empty")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }):
		return nil, errors.New("a pattern cannot hold control characters or broken UTF-8")
	}
	for text != "" {
		literal, rest, open := strings.Cut(text, "{")
		if strings.Contains(literal, "}") {
			return nil, errors.New("a brace is closed that was never opened")
		}
		if literal != "" {
			pieces = append(pieces, piece{literal: literal})
		}
		if !open {
			return pieces, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, errors.New("a brace is never closed")
		}
		h, err := parsePlaceholder(name)
		if err != nil {
			return nil, err
		}
		pieces, text = append(pieces, piece{placeholder: h}), after
	}
	return pieces, nil
}

// fits refuses placeholders of time for a grid of ids and the other way round.
func (p Pattern) fits(c Calendar) error {
	g, ok := c.(Grid)
	for _, piece := range p.pieces {
		switch h := piece.placeholder; {
		case h == start && ok && g.Every.IDs == 0:
			return errors.New("placeholder {start} is for windows of ids")
		case h == start && p.count(start) > 1:
			return errors.New("placeholder {start} can stand only once")
		case h.ofTime() && ok && g.Every.IDs != 0:
			return fmt.Errorf("placeholder {%s} is for windows of time", h)
		}
	}
	return nil
}

// count is how often the pattern has one of the placeholders.
func (p Pattern) count(placeholders ...placeholder) (n int) {
	for _, piece := range p.pieces {
		for _, h := range placeholders {
			if piece.placeholder == h {
				n++
			}
		}
	}
	return n
}

// tellsApart compares the names of windows that lie next to each other, and of those that differ in one placeholder
// alone: a day, a month, a year later. ISO years and calendar years part at the turn of 2024 to 2027, so that is where it looks.
func (p Pattern) tellsApart() error {
	names := map[string]Window{}
	for w := range p.sample {
		name := p.Name("", w)
		if v, taken := names[name]; taken && v != w {
			return fmt.Errorf("the pattern gives two windows the name %q: %s and %s", p.Name("{table}", w), v, w)
		}
		names[name] = w
	}
	return nil
}

// sample yields windows, some of them more than once.
func (p Pattern) sample(yield func(Window) bool) {
	first := Instant(Midnight(2024, time.January, 1, p.zone))
	if p.count(start) > 0 || p.ofIDs() {
		first = ID(-30)
	}
	w := p.calendar.At(first)
	for n := range 61 {
		if !yield(p.calendar.Add(w, n)) {
			return
		}
	}
	if p.ofIDs() {
		return
	}
	later := []Span{{Days: 1}}
	for n := 1; n <= 12; n++ {
		later = append(later, Span{Months: n}, Span{Months: 12 * n})
	}
	for _, s := range later {
		if !yield(p.calendar.At(s.Forward(first, p.zone))) {
			return
		}
	}
}

func (p Pattern) ofIDs() bool {
	g, ok := p.calendar.(Grid)
	return p.count(start) > 0 || ok && g.Every.IDs != 0
}

// Name is the name of a window's partition. A window that begins with Low is named by the end of the axis itself.
func (p Pattern) Name(table string, w Window) string {
	var name strings.Builder
	for _, piece := range p.pieces {
		switch piece.placeholder {
		case "":
			name.WriteString(piece.literal)
		case tableName:
			name.WriteString(table)
		default:
			name.WriteString(p.of(piece.placeholder, w))
		}
	}
	return name.String()
}

// of writes what the placeholder stands for in a window.
func (p Pattern) of(h placeholder, w Window) string {
	if at, ok := w.From.Time(); ok && h.ofTime() {
		return h.of(at.In(p.zone))
	}
	if w.From.kind == id && h == start {
		return idText(w.From.n)
	}
	return w.From.String()
}

// String is the text of the pattern.
func (p Pattern) String() string { return p.text }

// Longest is how many bytes the longest name has, for the years that have four digits and any id.
func (p Pattern) Longest(table string) (bytes int) {
	for _, piece := range p.pieces {
		switch h := piece.placeholder; h {
		case tableName:
			bytes += len(table)
		case start:
			bytes += len("m9223372036854775808")
		default:
			bytes += len(piece.literal) + h.digits()
		}
	}
	return bytes
}
