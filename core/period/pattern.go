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
	anchor   edge // the edge whose placeholders alone tell windows apart
}

// piece is a placeholder, or literal text where that is none.
type piece struct {
	placeholder placeholder
	literal     string
}

// ParsePattern reads a pattern such as `{table}__{yyyy}_{mm}_{dd}`. These stand for a part of the window's start in zone:
//
//	{yyyy} {mm} {dd} {hh} {mi}  year, month, day, hour, minute with leading zeros
//	{yy}                        the year's last two digits, of 1970 to 2069
//	{m} {d}                     month and day without a leading zero
//	{mon}                       jan to dec
//	{iyyy} {ww}                 ISO year and week
//	{i}                         last digit of the ISO year: names come again after ten years, and Parse finds none of them
//	{q} {half}                  quarter, half of the year
//	{epoch}                     seconds since 1970, m100 for -100
//
// With last_ before them ({last_dd}) they are about the window's last day, hours, minutes and {epoch} apart, with to_
// ({to_dd}) about its exclusive end. {start} and {end} are the two bounds of a window of ids, {table} is the table;
// everything else stands for itself.
//
// A nil zone is UTC; windows of a Grid that are shorter than a day are named in UTC whatever the zone. A pattern that gives
// two windows one name is an error, as is one in which neither the start nor the last day nor the end tells windows apart,
// or in which digits of no fixed width touch. Errors are clauses.
func ParsePattern(text string, c Calendar, zone *time.Location) (Pattern, error) {
	if c == nil {
		return Pattern{}, errors.New("a pattern needs a calendar whose windows it names")
	}
	p, err := newPattern(text, c, zone)
	if err != nil {
		return Pattern{}, err
	}
	return p.anchored()
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

// fits refuses placeholders of time for a grid of ids and the other way round, and those that cannot be read back.
func (p Pattern) fits(c Calendar) error {
	g, ok := c.(Grid)
	for _, piece := range p.pieces {
		switch h := piece.placeholder; {
		case h.part == bound && ok && g.Every.IDs == 0:
			return fmt.Errorf("placeholder {%s} is for windows of ids", h)
		case h.part == bound && p.count(h) > 1:
			return fmt.Errorf("placeholder {%s} can stand only once", h)
		case h.ofTime() && ok && g.Every.IDs != 0:
			return fmt.Errorf("placeholder {%s} is for windows of time", h)
		}
	}
	return p.touching()
}

// touching refuses two placeholders in one run of digits whose widths both vary: {m}{d} is 112 on January 12th and on
// November 2nd. Years in full may stand beside each other, since all of them are equally wide.
func (p Pattern) touching() error {
	var loose, full placeholder
	for _, piece := range p.pieces {
		h := piece.placeholder
		switch {
		case h.part == monthName || strings.Trim(piece.literal, "0123456789") != "":
			loose, full = placeholder{}, placeholder{}
		case h.varies() && loose.part != "":
			return loosely(loose, h)
		case h.varies():
			loose = h
		case h.isYear():
			full = h
		}
		if loose.part != "" && full.part != "" {
			return loosely(loose, full)
		}
	}
	return nil
}

func loosely(one, other placeholder) error {
	return fmt.Errorf("the placeholders {%s} and {%s} run into one another, and neither is always as wide; put an underscore between them, or write {mm} and {dd}", one, other)
}

// count is how often the pattern has a placeholder.
func (p Pattern) count(h placeholder) (n int) {
	for _, piece := range p.pieces {
		if piece.placeholder == h {
			n++
		}
	}
	return n
}

// Name is the name of a window's partition. A window that begins with Low is named by the end of the axis itself.
func (p Pattern) Name(table string, w Window) string { return string(p.appendName(nil, table, w)) }

// appendName puts the name behind what is there.
func (p Pattern) appendName(name []byte, table string, w Window) []byte {
	for _, piece := range p.pieces {
		switch piece.placeholder.part {
		case "":
			name = append(name, piece.literal...)
		case tableName:
			name = append(name, table...)
		default:
			name = p.append(name, piece.placeholder, w)
		}
	}
	return name
}

// append writes what the placeholder stands for in a window.
func (p Pattern) append(name []byte, h placeholder, w Window) []byte {
	at := h.edge.of(w, p.zone)
	if t, ok := at.Time(); ok && h.ofTime() {
		return h.part.append(name, t.In(p.zone))
	}
	if at.kind == id && h.part == bound {
		return append(name, idText(at.n)...)
	}
	return append(name, at.String()...)
}

// of is the instant or the id that the placeholders of an edge are about; of the last day its first instant.
func (e edge) of(w Window, zone *time.Location) Point {
	switch {
	case e == ofStart:
		return w.From
	case e == ofEnd || w.To.kind != instant:
		return w.To
	}
	last := instantAt(w.To.n - 1)
	day := dayOf(last.n, zone)
	if first := midnight(day, zone); !last.Before(first) {
		return first
	}
	return midnight(day-1, zone) // the hour before a second midnight already has the new date
}

// String is the text of the pattern.
func (p Pattern) String() string { return p.text }

// Longest is how many bytes the longest name has, for the years that have four digits and any id.
func (p Pattern) Longest(table string) (bytes int) {
	for _, piece := range p.pieces {
		bytes += p.most(piece, table)
	}
	return bytes
}

func (p Pattern) most(piece piece, table string) int {
	switch h := piece.placeholder; {
	case h.part == tableName:
		return len(table)
	case h.isYear():
		return 4
	case h.part == epoch:
		return len("253402300799")
	default:
		_, most := h.part.widths()
		return most + len(piece.literal)
	}
}
