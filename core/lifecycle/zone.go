package lifecycle

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
func (p Policy) zoneFrom() ZoneFrom {
	if p.Zone == nil {
		return ZoneByDefault
	}
	return ZoneOfPolicy
}

// leastDay is shorter than any calendar day, and longer than what a change of clocks leaves of one.
const leastDay = 20 * time.Hour

// settleZone names the policy's zone where it has none: that of the existing partitions where all of them begin and end at
// midnights of one zone, else UTC. The server's own zones come first, UTC after them, then the others that the bounds were found to
// fit; of several of these nobody can tell, and the first is taken.
func (a *axis) settleZone(policy Policy, zones catalog.Server) {
	a.zone, a.zoneFrom = policy.zone(), policy.zoneFrom()
	if policy.Zone != nil {
		return
	}
	edges := a.dayEdges(policy)
	for _, zone := range append(slices.Clone(zones.Zones), time.UTC) {
		if !period.Midnights(edges, zone) {
			continue
		}
		if period.IsUTC(zone) { // under whatever name
			zone = time.UTC
		}
		a.zone, a.zoneFrom = zone, ZoneOfExisting
		return
	}
	for _, zone := range zones.OtherZones {
		if period.Midnights(edges, zone) {
			a.zones = append(a.zones, zone)
		}
	}
	if len(a.zones) > 0 {
		a.zone, a.zoneFrom = a.zones[0], ZoneOfExisting
	}
	a.strange = edges
}

// dayEdges are where existing partitions begin and end that hold days or longer, if the policy's windows are calendar windows
// and the key tells instants. Those no wider than the policy's windows count, and only where there are none the wider ones.
func (a axis) dayEdges(policy Policy) []period.Point {
	if policy.Calendar != nil || policy.Every.Exact > 0 || policy.Every.IDs > 0 || period.OnTheWall(a.encoding) {
		return nil
	}
	most := longest(policy.calendar(), policy.calendar().At(period.Instant(time.Unix(0, 0))))
	var narrow, wide []period.Point
	var last period.Point // most partitions begin where the one before ends
	for _, b := range a.bounds {
		from, ok := b.window.From.Time()
		to, ok2 := b.window.To.Time()
		length := to.Sub(from)
		if !ok || !ok2 || length < leastDay {
			continue
		}
		edges := &wide
		if length <= most {
			edges = &narrow
		}
		if b.window.From != last {
			*edges = append(*edges, momentLater(b.window.From))
		}
		last = b.window.To
		*edges = append(*edges, momentLater(last))
	}
	if len(narrow) > 0 {
		return narrow
	}
	return wide
}

// noticeZone reports windows of another zone, and a zone that was guessed.
func (m *maker) noticeZone() {
	a := m.axis
	switch {
	case len(a.zones) > 1:
		m.find(Finding{Code: "zone_unknown", Severity: Warning,
			Message: fmt.Sprintf("the partitions of %s begin at midnights that are those of %s alike, so new ones begin at midnight of %s", m.table.Name, listedZones(a.zones, " and of "), a.zone),
			Remedy:  "Write in the policy which is meant: " + zoneLines(a.zones) + "."})
	case a.longest >= leastDay && !period.OnTheWall(a.encoding):
		m.zoneDiffers()
	}
}

// zoneDiffers reports existing windows whose edges are midnights of another zone than that of the new ones.
func (m *maker) zoneDiffers() {
	edges, partitions := m.offEdges()
	if len(edges) < 2 {
		return
	}
	server := m.table.Server
	for _, zone := range slices.Concat(server.Zones, []*time.Location{time.UTC}, server.OtherZones) {
		if !period.Midnights(edges, zone) {
			continue
		}
		f := Finding{Code: "zone_differs", Severity: Warning,
			Message: fmt.Sprintf("%d partitions of %s begin or end at midnight of %s, and the policy's timezone is %s", partitions, m.table.Name, zone, m.axis.zone),
			Remedy:  fmt.Sprintf("If that was not meant, write `timezone: %s`.", zone)}
		if m.axis.zoneFrom != ZoneOfPolicy {
			f.Message = fmt.Sprintf("%d partitions of %s begin or end at midnight of %s and others do not, so new ones begin at midnight of %s", partitions, m.table.Name, zone, m.axis.zone)
			f.Remedy = fmt.Sprintf("Write in the policy which is meant: `timezone: %s` or `timezone: %s`.", zone, m.axis.zone)
		}
		m.find(f)
		return
	}
	m.plan.strange = edges
}

// offEdges are the edges of existing windows that are none of the policy's calendar, and how many partitions have them.
func (m *maker) offEdges() (edges []period.Point, partitions int) {
	for _, p := range m.parts {
		if !p.covers() || p.wide {
			continue
		}
		before := len(edges)
		for _, edge := range []period.Point{p.window.From, p.window.To} {
			if e := momentLater(edge); e.Finite() && !m.axis.isEdge(e) {
				edges = append(edges, e)
			}
		}
		if len(edges) > before {
			partitions++
		}
	}
	return edges, partitions
}

// StrangeEdges are edges of existing windows of which it would help to know which zone they are midnights of: they are midnights of
// none of the zones that the server named. Who may read the tz database puts those of period.KnownZones that fit into the
// table's Server.OtherZones and plans again; MakePlan reads no file. Mostly there are none.
func (p Plan) StrangeEdges() []period.Point { return p.strange }

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
