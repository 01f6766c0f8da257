package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Encoding is how a key column carries points. Its two methods are exact inverses for every point that Fits.
type Encoding interface {
	// Literal is the unquoted text of p as a literal of the column's type. It never rounds: what the type cannot hold
	// is written out, and Decode refuses it.
	Literal(p Point) string
	// Decode reads what PostgreSQL prints with DateStyle ISO, in whatever TimeZone. Its error names the text.
	Decode(text string) (Point, error)
}

// EncodingOf finds the encoding of a column. The type is as format_type writes it (`timestamp(3) with time zone`), the
// name as a policy gives it; an empty name leaves it to the type. A nil zone is UTC: it tells the instant of types that
// hold a date or a time on the wall. Its error is a clause.
func EncodingOf(columnType, name string, zone *time.Location) (Encoding, error) {
	if name != "" {
		return nil, fmt.Errorf("encoding %q is not known; leave it out, the types timestamptz, timestamp and date carry time by themselves", name)
	}
	base, unit, ok := splitPrecision(columnType)
	switch {
	case ok && base == "timestamp with time zone":
		return timestamptz{unit}, nil
	case ok && base == "timestamp without time zone":
		return timestamp{orUTC(zone), unit}, nil
	case columnType == "date":
		return date{orUTC(zone)}, nil
	}
	return nil, fmt.Errorf("type %s does not carry time by itself; timestamptz, timestamp and date do", columnType)
}

// Fits reports whether an encoding can hold p: an hour does not fit a date, an hour that comes twice in the autumn fits a
// timestamp without zone only the second time.
func Fits(e Encoding, p Point) bool {
	back, err := e.Decode(e.Literal(p))
	return err == nil && back == p
}

// OnTheWall reports whether an encoding writes what clocks on the wall in a zone show, as timestamp without time zone and date do:
// its literals are midnights in whichever zone they are read.
func OnTheWall(e Encoding) bool {
	switch e.(type) {
	case timestamp, date:
		return true
	}
	return false
}

// splitPrecision takes the precision out of a type's name and turns it into microseconds.
func splitPrecision(columnType string) (base string, unit int64, ok bool) {
	before, rest, found := strings.Cut(columnType, "(")
	if !found {
		return columnType, 1, true
	}
	digits, after, _ := strings.Cut(rest, ")")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 6 {
		return "", 0, false
	}
	unit = second
	for range n {
		unit /= 10
	}
	return before + after, unit, true
}

// timestamptz is written in UTC, so that a literal means the same in every session.
type timestamptz struct{ unit int64 }

func (e timestamptz) Literal(p Point) string {
	if p.kind != instant {
		return infinite(p)
	}
	return writeTime(p.n, "+00")
}

func (e timestamptz) Decode(text string) (Point, error) {
	if p, ok := unbounded(text); ok {
		return p, nil
	}
	r, err := readTime(text)
	if err != nil || !r.clock || !r.zoned {
		return Point{}, notReadable("timestamp with time zone", text)
	}
	return onAxis(r.wall-r.offset, e.unit, text)
}

// timestamp is what clocks on the wall in zone show.
type timestamp struct {
	zone *time.Location
	unit int64
}

func (e timestamp) Literal(p Point) string {
	if p.kind != instant {
		return infinite(p)
	}
	return writeTime(wallReading(p, e.zone), "")
}

func (e timestamp) Decode(text string) (Point, error) {
	if p, ok := unbounded(text); ok {
		return p, nil
	}
	r, err := readTime(text)
	if err != nil || !r.clock || r.zoned {
		return Point{}, notReadable("timestamp without time zone", text)
	}
	return onWall(r.wall, e.zone, e.unit, text)
}

// date is a local day in zone, and stands for its first instant.
type date struct{ zone *time.Location }

func (e date) Literal(p Point) string {
	if p.kind != instant {
		return infinite(p)
	}
	wall := wallReading(p, e.zone)
	if floorMod(wall, day) != 0 {
		return writeTime(wall, "")
	}
	return writeDate(wall)
}

func (e date) Decode(text string) (Point, error) {
	if p, ok := unbounded(text); ok {
		return p, nil
	}
	r, err := readTime(text)
	if err != nil || r.clock || r.zoned {
		return Point{}, notReadable("date", text)
	}
	return onWall(r.wall, e.zone, day, text)
}

// wallReading is what clocks in zone show at p, but 00:00 for the first instant of a day: where midnight is left out
// they already show 01:00.
func wallReading(p Point, zone *time.Location) int64 {
	wall := wallOf(p.n, zone)
	if today := floorDiv(wall, day); midnight(today, zone) == p {
		return today * day
	}
	return wall
}

// onWall is the point at a reading of the clocks in zone.
func onWall(wall int64, zone *time.Location, unit int64, text string) (Point, error) {
	p := atWall(wall, zone)
	if !p.Finite() {
		return Point{}, offAxis(text)
	}
	if wall%unit != 0 {
		return Point{}, tooFine(text)
	}
	return p, nil
}

// onAxis is the point at the instant n.
func onAxis(n, unit int64, text string) (Point, error) {
	p := instantAt(n)
	if !p.Finite() {
		return Point{}, offAxis(text)
	}
	if n%unit != 0 {
		return Point{}, tooFine(text)
	}
	return p, nil
}

func notReadable(columnType, text string) error {
	return fmt.Errorf("read %s: not in ISO style, %q", columnType, text)
}

func offAxis(text string) error {
	return fmt.Errorf("read time: outside the years 4714 BC to 294246, %q", text)
}

func tooFine(text string) error {
	return fmt.Errorf("read time: finer than the column's type holds, %q", text)
}
