package period

import (
	"strconv"
	"strings"
)

// Parse is the inverse of Name: the window of the calendar that has this name for this table, and whether there is one.
// A name that says of its year no more than {i} could be of any decade: none is found for it.
func (p Pattern) Parse(table, name string) (Window, bool) {
	if p.calendar == nil {
		return Window{}, false
	}
	s := splitter{pattern: p, table: table, name: name, found: fields{}}
	ok := s.split(p.pieces, name)
	return s.window, ok
}

// fields is what stands in a name for each placeholder.
type fields map[placeholder]string

// splitter takes a name apart in every way that the widths of the placeholders allow, until one gives a window of that name.
type splitter struct {
	pattern     Pattern
	table, name string
	found       fields
	window      Window
}

func (s *splitter) split(pieces []piece, rest string) bool {
	if len(pieces) == 0 {
		return rest == "" && s.finds()
	}
	h := pieces[0].placeholder
	text, known := pieces[0].literal, h.part == ""
	if h.part == tableName {
		text, known = s.table, true
	} else if before, again := s.found[h]; again {
		text, known = before, true
	}
	if known {
		after, ok := strings.CutPrefix(rest, text)
		return ok && s.split(pieces[1:], after)
	}
	defer delete(s.found, h)
	least, most := h.part.widths()
	for n := least; n <= min(most, len(rest)); n++ {
		s.found[h] = rest[:n]
		if h.part.readable(rest[:n]) && s.split(pieces[1:], rest[n:]) {
			return true
		}
	}
	return false
}

// readable reports whether a text can be what a part writes: nothing but digits, mostly.
func (t part) readable(text string) bool {
	switch t {
	case monthName:
		_, ok := monthOf(text)
		return ok
	case bound, epoch:
		_, ok := idOf(text)
		return ok
	case year, isoYear:
		text = strings.TrimPrefix(text, "-")
	}
	_, ok := number(text, len(text))
	return ok
}

// finds looks for the window with these fields. What they leave out is taken as its first, so the window may begin a little
// later.
func (s *splitter) finds() bool {
	p := s.pattern
	for _, near := range s.found.of(p.anchor).points(p.zone) {
		if p.anchor == ofEnd {
			near = near.before()
		}
		if !near.Finite() {
			continue
		}
		w := p.calendar.At(near)
		for _, n := range []int{0, 1} {
			if v := p.calendar.Add(w, n); !v.Empty() && p.anchor.of(v, p.zone).Finite() && p.Name(s.table, v) == s.name {
				s.window = v
				return true
			}
		}
	}
	return false
}

// before is the last place before p.
func (p Point) before() Point {
	switch {
	case p.kind == instant:
		return instantAt(p.n - 1)
	case p.kind == id && p.n > -1<<63:
		return ID(p.n - 1)
	}
	return Low()
}

// parts are what a name says about one edge.
type parts map[part]string

func (f fields) of(e edge) parts {
	about := parts{}
	for h, text := range f {
		if h.edge == e {
			about[h.part] = text
		}
	}
	return about
}

// numbers reads the parts that are written in digits alone; false where one is not.
func (f parts) numbers() (map[part]int, bool) {
	n := map[part]int{}
	for t, text := range f {
		if t == monthName {
			m, ok := monthOf(text)
			if !ok {
				return nil, false
			}
			n[month] = int(m)
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || number > 300_000 {
			return nil, false
		}
		n[t] = number
	}
	return n, true
}
