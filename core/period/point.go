package period

import (
	"cmp"
	"strconv"
	"time"
)

// Point is a place on the axis that a partition key divides: an instant, an id, or one of the two ends.
// Points compare with Compare (or ==); an instant and an id have no order among each other.
// The zero Point is no place at all: IsZero.
type Point struct {
	kind pointKind
	// n is microseconds since 1970-01-01 UTC for an instant, the id for an id.
	// PostgreSQL keeps timestamps in microseconds, so nothing finer exists on the axis.
	n int64
}

type pointKind uint8

const (
	noPoint pointKind = iota
	low
	instant
	id
	high
)

// Instant is the point at t, cut down to the microsecond.
func Instant(t time.Time) Point { return Point{kind: instant, n: t.UnixMicro()} }

// ID is the point at the integer n.
func ID(n int64) Point { return Point{kind: id, n: n} }

// Low lies before every instant and every id: MINVALUE and -infinity.
func Low() Point { return Point{kind: low} }

// High lies behind every instant and every id: MAXVALUE and infinity.
func High() Point { return Point{kind: high} }

// IsZero tells whether p is no place at all.
func (p Point) IsZero() bool { return p.kind == noPoint }

// Finite tells whether p is an instant or an id.
func (p Point) Finite() bool { return p.kind == instant || p.kind == id }

// Time gives the instant in UTC, and whether p is one.
func (p Point) Time() (time.Time, bool) {
	if p.kind != instant {
		return time.Time{}, false
	}
	return time.UnixMicro(p.n).UTC(), true
}

// ID gives the integer, and whether p is one.
func (p Point) ID() (int64, bool) { return p.n, p.kind == id }

// Compare is negative when p lies before q, positive when behind, 0 when they are the same place.
func (p Point) Compare(q Point) int {
	if p.kind != q.kind {
		return cmp.Compare(p.kind, q.kind)
	}
	return cmp.Compare(p.n, q.n)
}

// Before tells whether p lies before q.
func (p Point) Before(q Point) bool { return p.Compare(q) < 0 }

// String is RFC 3339 in UTC for an instant, the decimal number for an id.
func (p Point) String() string {
	switch p.kind {
	case instant:
		t, _ := p.Time()
		return t.Format(time.RFC3339Nano)
	case id:
		return strconv.FormatInt(p.n, 10)
	case low:
		return "-infinity"
	case high:
		return "infinity"
	}
	return ""
}
