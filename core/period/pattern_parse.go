package period

import (
	"strconv"
	"strings"
	"time"
)

// Parse is the inverse of Name: the window of the calendar that has this name for this table, and whether there is one.
func (p Pattern) Parse(table, name string) (Window, bool) {
	fields, ok := p.split(table, name)
	if !ok || p.calendar == nil {
		return Window{}, false
	}
	near, ok := fields.point(p.zone)
	if !ok {
		return Window{}, false
	}
	// What the name leaves out is taken as its first: the window may begin a little later.
	w := p.calendar.At(near)
	for _, n := range []int{0, 1} {
		if v := p.calendar.Add(w, n); !v.Empty() && v.From.Finite() && p.Name(table, v) == name {
			return v, true
		}
	}
	return Window{}, false
}

// fields is what stands in a name for each placeholder.
type fields map[placeholder]string

// split takes a name apart. Every placeholder has its width but years beyond 9999 and ids, which share what is over.
func (p Pattern) split(table, name string) (fields, bool) {
	wide, spare := p.count(year, isoYear, start), len(name)-p.shortest(table)
	if spare < 0 || spare > 0 && (wide == 0 || spare%wide != 0) {
		return nil, false
	}
	found := fields{}
	for _, piece := range p.pieces {
		text := piece.literal
		if piece.placeholder == tableName {
			text = table
		}
		if h := piece.placeholder; h == start || h.ofTime() {
			n := h.digits()
			if h == start || n == 4 {
				n += spare / wide
			}
			text = name[:min(n, len(name))]
			found[h] = text
		}
		rest, ok := strings.CutPrefix(name, text)
		if !ok {
			return nil, false
		}
		name = rest
	}
	return found, name == ""
}

// shortest is how many bytes a name has at least.
func (p Pattern) shortest(table string) int {
	return p.Longest(table) - p.count(start)*len("m9223372036854775808")
}

// point is the earliest point with these fields.
func (f fields) point(zone *time.Location) (Point, bool) {
	if text, ok := f[start]; ok {
		n, ok := idOf(text)
		return ID(n), ok
	}
	n := map[placeholder]int{year: -1, isoYear: -1, month: 1, dayOfMon: 1, quarter: 1, isoWeek: 1}
	for h, text := range f {
		number, err := strconv.Atoi(text)
		if err != nil || number > 300_000 {
			return Point{}, false
		}
		n[h] = number
	}
	if _, ok := f[month]; !ok {
		n[month] = n[quarter]*3 - 2
	}
	y, m, d := n[year], time.Month(n[month]), n[dayOfMon]
	if _, ok := f[year]; !ok || f.only(year, isoYear, isoWeek) {
		// January 4th is always in the first ISO week.
		fourth := time.Date(n[isoYear], time.January, 4, 0, 0, 0, 0, time.UTC)
		monday := fourth.AddDate(0, 0, 7*(n[isoWeek]-1)-(int(fourth.Weekday())+6)%7)
		y, m, d = monday.Date()
	}
	p := Instant(Date(y, m, d, n[hour], n[minutes], 0, 0, zone))
	return p, p.Finite()
}

// only tells whether there is an ISO year and nothing but these.
func (f fields) only(these ...placeholder) bool {
	if _, ok := f[isoYear]; !ok {
		return false
	}
	n := 0
	for _, h := range these {
		if _, ok := f[h]; ok {
			n++
		}
	}
	return n == len(f)
}
