package words

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Point is a place on the axis in a zone, no longer than it must be: 2026-11-20 for a midnight, 2026-11-20 14:00 else.
func Point(p period.Point, zone *time.Location) string {
	return written(p, zone, layout(p, zone))
}

// written is a point in a layout; what is no instant has its own text.
func written(p period.Point, zone *time.Location, layout string) string {
	switch t, ok := p.Time(); {
	case ok:
		return t.In(orUTC(zone)).Format(layout)
	case p == period.Low():
		return "the beginning"
	case p == period.High():
		return "the end"
	}
	return p.String()
}

// layout is the shortest that loses nothing. A longer one is also a greater text.
func layout(p period.Point, zone *time.Location) string {
	t, _ := p.Time()
	t = t.In(orUTC(zone))
	switch {
	case t.Nanosecond() != 0:
		return "2006-01-02 15:04:05.999999"
	case t.Second() != 0:
		return "2006-01-02 15:04:05"
	case t.Hour() != 0 || t.Minute() != 0:
		return "2006-01-02 15:04"
	}
	return time.DateOnly
}

// Instant is an instant to the minute, in a zone.
func Instant(t time.Time, zone *time.Location) string {
	return Point(period.Instant(t.Truncate(time.Minute)), zone)
}

// About is a point to the minute: for a cutoff, which moves with the clock.
func About(p period.Point, zone *time.Location) string {
	if t, ok := p.Time(); ok {
		return Instant(t, zone)
	}
	return Point(p, zone)
}

// Window is both ends of a window, written alike; what cannot be read as one is empty.
func Window(w period.Window, zone *time.Location) string {
	if w.From.IsZero() || w.To.IsZero() {
		return ""
	}
	both := max(layout(w.From, zone), layout(w.To, zone))
	return written(w.From, zone, both) + " to " + written(w.To, zone, both)
}

// Runway is how long rows will find a partition, seen from at: 14 days (to 2026-12-04).
func Runway(r lifecycle.Runway, at time.Time, zone *time.Location) string {
	if r.Until == period.High() {
		return "without end"
	}
	left, ok := r.From(at)
	switch {
	case !ok:
		return "to " + Point(r.Until, zone)
	case left <= 0 && r.Default:
		return "none: the rows of now fall into the DEFAULT partition"
	case left <= 0:
		return "none: no partition holds the rows of now"
	}
	return human.Length(left) + " (to " + Point(r.Until, zone) + ")"
}

// Zone is the name of a zone.
func Zone(zone *time.Location) string { return orUTC(zone).String() }

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
