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
	for _, name := range []string{"UTC", "Etc/UTC", "Zulu", "UCT", "GMT", "Etc/GMT", "Greenwich"} {
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

func TestZonesOf(t *testing.T) {
	t.Parallel()
	midnights := func(name, from, to string) (points []period.Point) {
		for w := range period.Between(grid(t, "1 day", name), at(t, from), at(t, to)) {
			points = append(points, w.From)
		}
		return points
	}
	for name, test := range map[string]struct {
		points []period.Point
		want   []string
	}{
		"a year":           {midnights("Europe/Berlin", "2025-11-20T00:00:00Z", "2026-11-20T00:00:00Z"), []string{"Europe/Berlin"}},
		"midnight missing": {midnights("America/Havana", "2025-11-20T00:00:00Z", "2026-11-20T00:00:00Z"), []string{"America/Havana"}},
		"one season":       {midnights("Europe/Berlin", "2026-06-20T00:00:00Z", "2026-07-20T00:00:00Z"), []string{"Europe/Berlin", "Africa/Johannesburg"}},
		"none":             {nil, nil},
		"no instant":       {[]period.Point{period.High()}, nil},
		"no midnight":      {[]period.Point{at(t, "2026-11-20T00:00:07Z")}, nil},
		"two zones":        {slices.Concat(midnights("Asia/Kolkata", "2026-06-20T00:00:00Z", "2026-07-20T00:00:00Z"), midnights("Asia/Tokyo", "2026-06-20T00:00:00Z", "2026-07-20T00:00:00Z")), nil},
	} {
		var got []string
		for _, zone := range period.ZonesOf(test.points, period.KnownZones()) {
			got = append(got, zone.String())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	is := is.New(t)
	is.Equal(len(period.Zones("Europe/Berlin", "no zone", "UTC")), 2)
	is.True(period.Midnights(midnights("UTC", "2026-06-20T00:00:00Z", "2026-07-20T00:00:00Z"), nil))
}
