package period

import "time"

// Microseconds, in which the axis counts.
const (
	second = 1_000_000
	minute = 60 * second
	day    = 24 * 60 * minute
)

const daySeconds = 24 * 60 * 60

// Date is the instant when clocks on the wall in zone show the given date and time, as time.Date is, but where that
// reading never was or came twice it decides as PostgreSQL does: of the two candidates it takes the later one.
// A nil zone is UTC. Values outside their usual ranges are carried over, as time.Date does.
func Date(year int, month time.Month, day, hour, min, sec, nsec int, zone *time.Location) time.Time {
	wall := time.Date(year, month, day, hour, min, sec, nsec, time.UTC)
	return time.Unix(resolve(wall.Unix(), zone), int64(wall.Nanosecond())).In(orUTC(zone))
}

// Midnight is the first instant of a local day: Date at 00:00. In zones that change their clocks at midnight it may read
// 01:00, or be the second of two midnights. A day that a zone left out (Apia, 2011-12-30) begins when the next one does.
func Midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	return Date(year, month, day, 0, 0, 0, 0, zone)
}

// resolve turns a reading of the wall clock, in seconds since its 1970-01-01 00:00, into Unix time.
//
// This is DetermineTimeZoneOffset of PostgreSQL (alike in 14 to 18): a reading has a candidate for the offset in force
// well before it and one for that well after. Around a change of clocks one of them is right, except in the hour that is
// left out (neither) and in the hour that comes twice (both); there the later candidate wins.
// A day and a half is beyond any offset and any change, and less than lies between two changes.
func resolve(wall int64, zone *time.Location) int64 {
	const wellAway = 36 * 60 * 60
	before, after := offset(wall-wellAway, zone), offset(wall+wellAway, zone)
	if before == after {
		return wall - before
	}
	early, late := wall-max(before, after), wall-min(before, after)
	if reads(early, wall, zone) && !reads(late, wall, zone) {
		return early
	}
	return late
}

// reads reports whether clocks in zone show wall at the Unix time.
func reads(unix, wall int64, zone *time.Location) bool { return unix+offset(unix, zone) == wall }

// offset is how many seconds clocks in zone are ahead of UTC at the Unix time.
func offset(unix int64, zone *time.Location) int64 {
	if zone == nil || zone == time.UTC {
		return 0
	}
	_, seconds := time.Unix(unix, 0).In(zone).Zone()
	return int64(seconds)
}

// wallOf is what clocks in zone show at the instant n, in microseconds since their 1970-01-01 00:00.
func wallOf(n int64, zone *time.Location) int64 {
	return n + offset(floorDiv(n, second), zone)*second
}

// atWall is the point when clocks in zone show wall, in microseconds.
func atWall(wall int64, zone *time.Location) Point {
	seconds := floorDiv(wall, second)
	return instantAt(resolve(seconds, zone)*second + wall - seconds*second)
}

// dayOf is the local day at the instant n, counted from 1970-01-01.
func dayOf(n int64, zone *time.Location) int64 { return floorDiv(wallOf(n, zone), day) }

// midnight is the first instant of a local day, counted from 1970-01-01.
func midnight(days int64, zone *time.Location) Point {
	if days < earliest/day-1 || days > latest/day+1 {
		return beyond(days)
	}
	return atWall(days*day, zone)
}

// civil turns a day, counted from 1970-01-01, into a date.
func civil(days int64) (year int, month time.Month, dom int) {
	return time.Unix(days*daySeconds, 0).UTC().Date()
}

// daysTo counts the days from 1970-01-01 to a date.
func daysTo(year int, month time.Month, dom int) int64 {
	return time.Date(year, month, dom, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// floorDiv divides and rounds down, also below zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// addCapped adds and stops at the ends of int64.
func addCapped(a, b int64) int64 {
	const lowest, highest = -1 << 63, 1<<63 - 1
	switch c := a + b; {
	case b > 0 && c < a:
		return highest
	case b < 0 && c > a:
		return lowest
	default:
		return c
	}
}
