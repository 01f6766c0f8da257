package period

import (
	"testing"
	"time"
)

// TestWellKnownZonesDiffer looks for each zone of the list by a year of its own midnights and must not find another.
func TestWellKnownZonesDiffer(t *testing.T) {
	t.Parallel()
	for _, name := range wellKnownZones() {
		zone, err := ParseZone(name)
		if err != nil {
			t.Fatal(err)
		}
		days := Grid{Every: Span{Days: 1}, Zone: zone}
		w := days.At(Instant(time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)))
		var points []Point
		for n := range 366 {
			points = append(points, days.Add(w, n).From)
		}
		if found := ZonesOf(points, KnownZones()); len(found) != 1 || found[0].String() != name {
			t.Errorf("midnights of %s are found to be those of %v", name, found)
		}
	}
}
