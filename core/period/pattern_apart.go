package period

import (
	"errors"
	"fmt"
	"time"
)

// anchored finds the edge whose placeholders alone tell windows apart, the start before the last day before the end.
func (p Pattern) anchored() (Pattern, error) {
	if g, ok := p.calendar.(Grid); ok && g.Check() == nil && p.text == g.Pattern() {
		return p, nil // a grid's own pattern does, by its start, and need not be tried out for every table
	}
	if err := p.tellsApart(); err != nil {
		return Pattern{}, err
	}
	if e, alone := p.edge(); alone {
		p.anchor = e
		return p, p.yearOfWeek()
	}
	err := errors.New("neither the placeholders of the start alone tell windows apart, nor those of the last day, nor those of the end")
	for _, again := range []bool{false, true} { // names that come again are the last resort: Parse does not find them
		for _, e := range []edge{ofStart, ofLast, ofEnd} {
			q := p.about(e)
			if q.decade() != again || q.tellsApart() != nil {
				continue
			}
			if err = q.yearOfWeek(); err == nil {
				p.anchor = e
				return p, nil
			}
		}
	}
	return Pattern{}, err
}

// edge is the one that all placeholders are about, where there is only one.
func (p Pattern) edge() (e edge, alone bool) {
	for _, piece := range p.pieces {
		if h := piece.placeholder; h.part != "" && h.part != tableName {
			if alone && h.edge != e {
				return ofStart, false
			}
			e, alone = h.edge, true
		}
	}
	return e, alone
}

// yearOfWeek refuses a week without its year and the year of weeks without a week. Around New Year the ISO year is not the
// calendar's, which gives two windows one name in some years only.
func (p Pattern) yearOfWeek() error {
	has := map[part]bool{}
	for _, piece := range p.pieces {
		has[piece.placeholder.part] = true
	}
	within := has[month] || has[monthBare] || has[monthName] || has[quarter] || has[half] || has[epoch]
	switch {
	case has[isoWeek] && !has[isoYear] && !has[isoDigit] && !within:
		return errors.New("the ISO week {ww} goes with the ISO year {iyyy}, not with the year of the calendar")
	case (has[isoYear] || has[isoDigit]) && !has[isoWeek] && !has[year] && !has[shortYear] && !has[epoch]:
		return errors.New("the ISO year {iyyy} goes with the ISO week {ww}, not with parts of the calendar's year")
	}
	return nil
}

// about is the pattern with an underscore for each placeholder that is about another edge.
func (p Pattern) about(e edge) Pattern {
	var pieces []piece
	for _, one := range p.pieces {
		if h := one.placeholder; h.part != "" && h.part != tableName && h.edge != e {
			one = piece{literal: "_"}
		}
		pieces = append(pieces, one)
	}
	p.pieces = pieces
	return p
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
	if p.ofIDs() {
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
	for _, s := range p.later() {
		if !yield(p.calendar.At(s.Forward(first, p.zone))) {
			return
		}
	}
}

// later are spans after which only one placeholder shows something else. After ten years {i} shows the same again.
func (p Pattern) later() []Span {
	later := []Span{{Days: 1}}
	for n := 1; n <= 12; n++ {
		later = append(later, Span{Months: n})
	}
	years := 12
	if p.decade() {
		years = 9
	}
	for n := 1; n <= years; n++ {
		later = append(later, Span{Months: 12 * n})
	}
	return later
}

// decade reports whether {i} is all that the pattern says about the year of some edge.
func (p Pattern) decade() bool {
	short, full := false, false
	for _, piece := range p.pieces {
		h := piece.placeholder
		short = short || h.part == isoDigit
		full = full || h.isYear() || h.part == shortYear || h.part == epoch
	}
	return short && !full
}

func (p Pattern) ofIDs() bool {
	g, ok := p.calendar.(Grid)
	return p.count(placeholder{ofStart, bound})+p.count(placeholder{ofEnd, bound}) > 0 || ok && g.Every.IDs != 0
}
