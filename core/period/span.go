package period

import (
	"fmt"
	"strings"
	"time"
)

// Span is a length along the axis: of a window (`1 day`), of a horizon (`14 days`, `4` windows, `5000000 ids`).
// Months, Days and Exact may stand together, as in PostgreSQL's interval; Windows and IDs stand alone.
// The zero Span is absent; a Span that was given as nothing (`0`) has Set and no length.
type Span struct {
	Months  int
	Days    int
	Exact   time.Duration
	IDs     int64
	Windows int
	Set     bool
}

// IsZero reports whether the span has no length, be it absent or given as nothing.
func (s Span) IsZero() bool {
	s.Set = false
	return s == Span{}
}

// Forward is the point one span after p, as PostgreSQL adds an interval to a timestamptz: months and days are steps of
// the calendar in zone (nil is UTC), taken one after the other, and the day of the month shrinks to what the month has;
// Exact counts on the clock. An id moves by IDs. A point that is no instant for a span of time, or no id for one of ids,
// stays; beyond the end of the axis lie Low and High for instants, the ends of int64 for ids.
// How long Windows are only a Calendar knows: Calendar.Add.
func (s Span) Forward(p Point, zone *time.Location) Point { return s.move(p, 1, zone) }

// Back is the point one span before p, as PostgreSQL subtracts an interval. It is not always the way back from Forward:
// a month before March 31st is February 28th.
func (s Span) Back(p Point, zone *time.Location) Point { return s.move(p, -1, zone) }

func (s Span) move(p Point, sign int64, zone *time.Location) Point {
	switch p.kind {
	case id:
		return ID(addCapped(p.n, sign*max(s.IDs, -1<<63+1)))
	case instant:
		p = addMonths(p, sign*int64(s.Months), zone)
		p = addDays(p, sign*int64(s.Days), zone)
		return addExact(p, sign*int64(s.Exact/time.Microsecond))
	}
	return p
}

func addMonths(p Point, months int64, zone *time.Location) Point {
	if months == 0 {
		return p
	}
	wall := wallOf(p.n, zone)
	year, month, dom := civil(floorDiv(wall, day))
	first := monthStart(addCapped(int64(year)*12+int64(month)-1, months))
	next := monthStart(addCapped(int64(year)*12+int64(month), months))
	return atDay(min(first+int64(dom)-1, next-1), wall, zone)
}

func addDays(p Point, days int64, zone *time.Location) Point {
	if days == 0 || !p.Finite() {
		return p
	}
	wall := wallOf(p.n, zone)
	return atDay(addCapped(floorDiv(wall, day), days), wall, zone)
}

func addExact(p Point, n int64) Point {
	if n == 0 || !p.Finite() {
		return p
	}
	return instantAt(addCapped(p.n, n))
}

// atDay is the point on a local day at the time of day that wall shows.
func atDay(days, wall int64, zone *time.Location) Point {
	if days < earliest/day-1 || days > latest/day+1 {
		return beyond(days)
	}
	return atWall(days*day+wall-floorDiv(wall, day)*day, zone)
}

// monthStart is the first day of a month, the months counted from January of year 0, the days from 1970-01-01.
func monthStart(months int64) int64 {
	const beyondTheAxis = 12 * 300_000
	months = max(-beyondTheAxis, min(months, beyondTheAxis))
	year := floorDiv(months, 12)
	return daysTo(int(year), time.Month(months-year*12+1), 1)
}

// String writes the span so that ParseSpan reads the same from it; an absent span is empty.
// What is shorter than a microsecond is left out: the axis has nothing finer.
func (s Span) String() string {
	switch {
	case s.IDs != 0:
		return count(s.IDs, "id")
	case s.Windows != 0:
		return fmt.Sprint(s.Windows)
	case s.Set && s.IsZero():
		return "0"
	}
	var parts []string
	for _, unit := range s.units() {
		if unit.n != 0 {
			parts = append(parts, count(unit.n, unit.name))
		}
	}
	return strings.Join(parts, " ")
}

type unitCount struct {
	n    int64
	name string
}

// units breaks the span down, largest first.
func (s Span) units() []unitCount {
	units := []unitCount{{int64(s.Months), "month"}, {int64(s.Days), "day"}}
	if s.Months%12 == 0 {
		units[0] = unitCount{int64(s.Months / 12), "year"}
	}
	rest := s.Exact
	for _, u := range []struct {
		length time.Duration
		name   string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}, {time.Millisecond, "millisecond"}, {time.Microsecond, "microsecond"}} {
		units = append(units, unitCount{int64(rest / u.length), u.name})
		rest %= u.length
	}
	return units
}

func count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
