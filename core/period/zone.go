package period

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ParseZone finds a zone of the tz database by its name (`Europe/Berlin`, `UTC`). The machine's own zone, an offset and
// files of the database that are no zones are refused: what a policy means must not depend on where it is read.
// Its error is a clause that names the zone.
func ParseZone(name string) (*time.Location, error) {
	odd := func(r rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-", r)
	}
	// In a system's folder, right/ holds zones that count leap seconds, which PostgreSQL does not.
	folder, _, _ := strings.Cut(name, "/")
	noZone := slices.Contains([]string{"", "Local", "localtime", "Factory", "posixrules", "right", "posix"}, folder)
	if noZone || strings.ContainsFunc(name, odd) {
		return nil, fmt.Errorf("time zone %q is not a zone of the tz database, such as `Europe/Berlin` or `UTC`", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q is not a zone of the tz database, such as `Europe/Berlin` or `UTC`", name)
	}
	return zone, nil
}

// IsUTC reports whether zone is UTC under one of its names; nil is.
func IsUTC(zone *time.Location) bool {
	if zone == nil || zone == time.UTC {
		return true
	}
	names := []string{"UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu",
		"GMT", "Etc/GMT", "Greenwich", "Etc/Greenwich"}
	return slices.Contains(names, zone.String())
}

// Zones are the zones of the tz database that have these names, in order; a name that is no zone is passed over.
func Zones(names ...string) (zones []*time.Location) {
	for _, name := range names {
		if zone, err := ParseZone(name); err == nil {
			zones = append(zones, zone)
		}
	}
	return zones
}

// KnownZones are some fifty zones of which no two have the same midnights all year, of more people first where they are close.
// It reads the tz database.
func KnownZones() []*time.Location { return Zones(wellKnownZones()...) }

// ZonesOf are those of the zones in which all points are midnights, in their order; none for no points. Windows of months have
// few midnights, and those of one season little to tell: several zones may fit.
func ZonesOf(points []Point, zones []*time.Location) (fit []*time.Location) {
	for _, zone := range zones {
		if Midnights(points, zone) {
			fit = append(fit, zone)
		}
	}
	return fit
}

// Midnights reports whether there are points and all of them are midnights in zone; nil is UTC.
func Midnights(points []Point, zone *time.Location) bool {
	return len(points) > 0 && !slices.ContainsFunc(points, func(p Point) bool {
		return p.kind != instant || midnight(dayOf(p.n, zone), zone) != p
	})
}

func wellKnownZones() []string {
	return []string{
		"Europe/Berlin", "America/New_York", "America/Los_Angeles", "Europe/London", "America/Chicago", "America/Denver",
		"Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "America/Sao_Paulo", "Europe/Athens", "Europe/Moscow",
		"Australia/Sydney", "Asia/Dubai", "Asia/Jakarta", "Asia/Karachi", "Asia/Dhaka", "Africa/Lagos",
		"Africa/Johannesburg", "America/Phoenix", "America/Mexico_City", "America/Bogota", "America/Caracas",
		"America/Santiago", "America/Halifax", "America/St_Johns", "America/Anchorage", "America/Havana",
		"Asia/Tehran", "Asia/Kabul", "Asia/Kathmandu", "Asia/Yangon", "Asia/Jerusalem", "Africa/Cairo",
		"Asia/Beirut", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Pacific/Auckland",
		"Pacific/Honolulu", "Pacific/Noumea", "Pacific/Tongatapu", "Pacific/Fiji", "Pacific/Chatham",
		"Pacific/Marquesas", "Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/South_Georgia", "America/Nuuk",
		"Africa/Casablanca",
	}
}

// leftOut counts the local days after from and up to to that zone skipped by moving across the date line:
// Apia has no 2011-12-30. No zone that ever lay near the date line was less than eight hours from Greenwich at the
// time, so for most zones there is nothing to look through.
func leftOut(from, to Point, zone *time.Location) (days int64) {
	if to.Before(from) {
		from, to = to, from
	}
	const farAway = 8 * 60 * 60
	east := offset(floorDiv(from.n, second), zone)
	if !from.Finite() || !to.Finite() || max(east, -east) < farAway {
		return 0
	}
	t, last := time.UnixMicro(from.n).In(zone), time.UnixMicro(to.n)
	for {
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(last) {
			return days
		}
		if !next.After(t) { // on the 366th day of a year the time package gives a bound that is past
			next = t.AddDate(0, 0, 1)
		}
		if jump(t, next) >= daySeconds {
			days++
		}
		t = next
	}
}

// jump is how many seconds clocks are put forward between two instants of one zone.
func jump(before, after time.Time) int {
	_, from := before.Zone()
	_, to := after.Zone()
	return to - from
}
