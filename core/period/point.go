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

// Instant is the point at t, cut down to the microsecond. The axis reaches from 4714-11-24 BC, where PostgreSQL's
// timestamps begin, to the year 294246; an instant outside is Low or High.
func Instant(t time.Time) Point {
	if seconds := t.Unix(); seconds < earliest/second-1 || seconds > latest/second {
		return beyond(seconds)
	}
	return instantAt(t.UnixMicro())
}

// instantAt is the instant n microseconds after 1970-01-01 UTC, or the end of the axis beyond which it would lie.
func instantAt(n int64) Point {
	if n < earliest || n > latest {
		return beyond(n)
	}
	return Point{kind: instant, n: n}
}

// beyond is the end of the axis on that side of zero.
func beyond(side int64) Point {
	if side < 0 {
		return Low()
	}
	return High()
}

// The first and the last instant on the axis. The last leaves a few days below the largest int64,
// so that a day or an offset more or less never overflows.
const (
	earliest = -210_866_803_200 * second
	latest   = 9_223_371_244_800*second - 1
)

// ID is the point at the integer n.
func ID(n int64) Point { return Point{kind: id, n: n} }

// Low lies before every instant and every id: MINVALUE and -infinity.
func Low() Point { return Point{kind: low} }

// High lies behind every instant and every id: MAXVALUE and infinity.
func High() Point { return Point{kind: high} }

// IsZero reports whether p is no place at all.
func (p Point) IsZero() bool { return p.kind == noPoint }

// Finite reports whether p is an instant or an id.
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

// Before reports whether p lies before q.
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
