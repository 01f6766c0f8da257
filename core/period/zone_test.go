package period_test

import (
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func TestParseZoneRefuses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "localtime", "Mars/Olympus", "europe berlin", "+02:00", "../etc/passwd", "/etc/localtime",
		"right/Europe/Berlin", "posix/Europe/Berlin", "posixrules", "Factory", "Europe", "Europe/", "tzdata.zi", "CEST", "Europe/Berlin\x00", "Europe/München"} {
		if z, err := period.ParseZone(name); err == nil || z != nil {
			t.Errorf("%q is %s", name, z)
		}
	}
}

func TestIsUTC(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, name := range []string{"UTC", "Etc/UTC", "Zulu", "UCT"} {
		is.True(period.IsUTC(zone(t, name)))
	}
	is.True(period.IsUTC(nil))
	is.True(!period.IsUTC(zone(t, "Europe/London")))
	is.True(!period.IsUTC(zone(t, "Africa/Abidjan")))
}

func TestDate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	havana := zone(t, "America/Havana")
	is.Equal(period.Midnight(2026, time.March, 8, havana).Format(time.RFC3339), "2026-03-08T01:00:00-04:00")
	is.Equal(period.Midnight(2026, time.November, 1, havana).Format(time.RFC3339), "2026-11-01T00:00:00-05:00")
	is.Equal(period.Date(2026, 14, 1, 0, 0, 0, 7, nil), time.Date(2027, 2, 1, 0, 0, 0, 7, time.UTC))
	is.Equal(period.Midnight(2011, time.December, 30, zone(t, "Pacific/Apia")), period.Midnight(2011, time.December, 31, zone(t, "Pacific/Apia")))
}

func TestZoneOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	midnights := func(name string) (points []period.Point) {
		for w := range period.Between(grid(t, "1 day", name), at(t, "2025-11-20T00:00:00Z"), at(t, "2026-11-20T00:00:00Z")) {
			points = append(points, w.From)
		}
		return points
	}
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe"} {
		got, ok := period.ZoneOf(midnights(name), "no zone", "Australia/Lord_Howe")
		is.True(ok)
		is.Equal(got, name)
	}
	got, ok := period.ZoneOf(midnights("Europe/Paris"), "Europe/Paris")
	is.True(ok)
	is.Equal(got, "Europe/Paris") // what the caller names comes before the list
	for _, points := range [][]period.Point{nil, {period.High()}, {at(t, "2026-11-20T00:00:07Z")}, slices.Concat(midnights("Asia/Kolkata"), midnights("UTC"))} {
		if name, ok := period.ZoneOf(points); ok {
			t.Errorf("%s, for %d points", name, len(points))
		}
	}
}
