package level

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// ZoneFrom is where the zone of a plan's windows is from.
type ZoneFrom string

// Where a zone can be from.
const (
	ZoneOfPolicy   ZoneFrom = "policy"   // the policy names it
	ZoneOfExisting ZoneFrom = "existing" // the existing partitions begin and end at its midnights
	ZoneByDefault  ZoneFrom = "default"  // UTC, since neither says anything
)

// zoneFrom is where the zone is from while nothing is known of the table.
func (r Rule) zoneFrom() ZoneFrom {
	if r.Zone == nil {
		return ZoneByDefault
	}
	return ZoneOfPolicy
}

// leastDay is shorter than any calendar day, and longer than what a change of clocks leaves of one.
const leastDay = 20 * time.Hour

// settleZone names the rule's zone where it has none: that of the existing partitions where all of them begin and end at
// midnights of one zone, else UTC. The server's own zones come first, UTC after them, then the others that the bounds were found to
// fit; of several of these nobody can tell, and the first is taken.
func (w *windows) settleZone(rule *Rule, server catalog.Server) {
	w.zoneFrom = rule.zoneFrom()
	if rule.Zone != nil {
		return
	}
	rule.Zone = time.UTC
	edges := w.dayEdges(*rule)
	for _, zone := range append(slices.Clone(server.Zones), time.UTC) {
		if !period.Midnights(edges, zone) {
			continue
		}
		if !period.IsUTC(zone) { // under whatever name
			rule.Zone = zone
		}
		w.zoneFrom = ZoneOfExisting
		return
	}
	for _, zone := range server.OtherZones {
		if period.Midnights(edges, zone) {
			w.zones = append(w.zones, zone)
		}
	}
	if len(w.zones) > 0 {
		rule.Zone, w.zoneFrom = w.zones[0], ZoneOfExisting
	}
	w.strange = edges
}

// dayEdges are where existing partitions begin and end that hold days or longer, if the rule's windows are calendar windows
// and the key tells instants. Those no wider than the rule's windows count, and only where there are none the wider ones.
func (w *windows) dayEdges(rule Rule) []period.Point {
	if rule.Calendar != nil || rule.Every.Exact > 0 || rule.Every.IDs > 0 || period.OnTheWall(w.encoding) {
		return nil
	}
	most := longest(rule.calendar(), rule.calendar().At(period.Instant(time.Unix(0, 0))))
	var narrow, wide []period.Point
	var last period.Point // most partitions begin where the one before ends
	for i := range w.parts {
		b := &w.parts[i]
		from, ok := b.Window.From.Time()
		to, ok2 := b.Window.To.Time()
		length := to.Sub(from)
		if !ok || !ok2 || length < leastDay {
			continue
		}
		edges := &wide
		if length <= most {
			edges = &narrow
		}
		if b.Window.From != last {
			*edges = append(*edges, momentLater(b.Window.From))
		}
		last = b.Window.To
		*edges = append(*edges, momentLater(last))
	}
	if len(narrow) > 0 {
		return narrow
	}
	return wide
}

// noteZone tells of windows of another zone, and of a zone that was guessed.
func (w *windows) noteZone() {
	switch {
	case len(w.zones) > 1:
		w.zoneNote = []Note{{Code: "zone_unknown", Warns: true,
			Message: fmt.Sprintf("the partitions of %s begin at midnights that are those of %s alike, so new ones begin at midnight of %s", w.table.Name, listedZones(w.zones, " and of "), w.zone),
			Remedy:  "Write in the policy which is meant: " + zoneLines(w.zones) + "."}}
	case w.longest >= leastDay && !period.OnTheWall(w.encoding):
		w.zoneDiffers()
	}
}

// zoneDiffers tells of existing windows whose edges are midnights of another zone than that of the new ones.
func (w *windows) zoneDiffers() {
	edges, partitions := w.offEdges()
	if len(edges) < 2 {
		return
	}
	server := w.table.Server
	for _, zone := range slices.Concat(server.Zones, []*time.Location{time.UTC}, server.OtherZones) {
		if period.Midnights(edges, zone) {
			w.zoneNote = []Note{w.otherZone(zone, partitions)}
			return
		}
	}
	w.strange = edges
}

func (w *windows) otherZone(zone *time.Location, partitions int) Note {
	n := Note{Code: "zone_differs", Warns: true,
		Message: fmt.Sprintf("%d partitions of %s begin or end at midnight of %s, and the policy's timezone is %s", partitions, w.table.Name, zone, w.zone),
		Remedy:  fmt.Sprintf("If that was not meant, write `timezone: %s`.", zone)}
	if w.zoneFrom != ZoneOfPolicy {
		n.Message = fmt.Sprintf("%d partitions of %s begin or end at midnight of %s and others do not, so new ones begin at midnight of %s", partitions, w.table.Name, zone, w.zone)
		n.Remedy = fmt.Sprintf("Write in the policy which is meant: `timezone: %s` or `timezone: %s`.", zone, w.zone)
	}
	return n
}

// offEdges are the edges of existing windows that are none of the rule's calendar, and how many partitions have them.
func (w *windows) offEdges() (edges []period.Point, partitions int) {
	for _, p := range w.parts {
		if !p.Covers() || p.Wide {
			continue
		}
		before := len(edges)
		for _, edge := range []period.Point{p.Window.From, p.Window.To} {
			if e := momentLater(edge); e.Finite() && !w.isEdge(e) {
				edges = append(edges, e)
			}
		}
		if len(edges) > before {
			partitions++
		}
	}
	return edges, partitions
}

func listedZones(zones []*time.Location, between string) string {
	var names []string
	for _, zone := range zones {
		names = append(names, zone.String())
	}
	return strings.Join(names, between)
}

func zoneLines(zones []*time.Location) string {
	return "`timezone: " + listedZones(zones, "` or `timezone: ") + "`"
}

// slack is what a zone may add to or take from a calendar window: the largest change of offset but a date line's is two hours.
const slack = 3 * time.Hour

// wide reports whether a window is wider than the rule's: off the grid for good.
// A window of another zone, shorter or longer by a change of its clocks, is not.
func (w *windows) wide(v period.Window) bool {
	from, ok := v.From.Time()
	to, ok2 := v.To.Time()
	return !ok || !ok2 || to.Sub(from) > w.longest
}

// longest is the length of the longest window around w, with slack for zones where windows are days or more, and for the moment
// that a neighbour leaves.
func longest(c period.Calendar, w period.Window) time.Duration {
	var most time.Duration
	for n := -12; n <= 12; n++ {
		v := c.Add(w, n)
		from, _ := v.From.Time()
		to, _ := v.To.Time()
		most = max(most, to.Sub(from))
	}
	if most >= leastDay {
		return most + slack
	}
	return most + moments()[0]
}
