package period_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/partsmith/partsmith-migrate/core/period"
)

//go:embed testdata/zones.txt
var zoneList string

// zone loads a zone that the test names.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := period.ParseZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// span reads a span that the test writes.
func span(t testing.TB, text string) period.Span {
	t.Helper()
	s, err := period.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func grid(t testing.TB, every, zoneName string) period.Grid {
	t.Helper()
	return period.Grid{Every: span(t, every), Zone: zone(t, zoneName)}
}

// at reads RFC 3339.
func at(t testing.TB, text string) period.Point {
	t.Helper()
	instant, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return period.Instant(instant)
}

func shift(p period.Point, d time.Duration) period.Point {
	instant, _ := p.Time()
	return period.Instant(instant.Add(d))
}

// changes are the instants from 1970 to 2100 at which clocks in zone are put forward or back.
func changes(zone *time.Location) (found []time.Time) {
	t, last := time.Date(1970, 1, 1, 0, 0, 0, 0, zone), time.Date(2101, 1, 1, 0, 0, 0, 0, zone)
	for {
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(last) {
			return found
		}
		if !next.After(t) {
			next = t.AddDate(0, 0, 1)
		}
		_, before := t.Zone()
		_, after := next.Zone()
		if before != after {
			found = append(found, next)
		}
		t = next
	}
}

// distinctZones are the zones of the tz database, one for each history of changes since 1970.
func distinctZones(t testing.TB) map[string]*time.Location {
	t.Helper()
	zones, seen := map[string]*time.Location{}, map[string]bool{}
	for _, name := range strings.Fields(zoneList) {
		z := zone(t, name)
		_, offset := time.Unix(0, 0).In(z).Zone()
		history := fmt.Sprint(offset)
		for _, c := range changes(z) {
			_, offset := c.Zone()
			history += fmt.Sprint(" ", c.Unix(), offset)
		}
		if !seen[history] {
			zones[name] = z
		}
		seen[history] = true
	}
	return zones
}

func oddZones() []string {
	return []string{"UTC", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "America/Santiago", "Atlantic/Azores",
		"Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca", "Asia/Beirut", "Australia/Lord_Howe", "America/St_Johns", "Asia/Gaza"}
}
