package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// midnights are the edges of existing windows that are none of the policy's calendar, where windows are days or longer.
// Which zone they are midnights of is found out by whoever may read the tz database.
func (m *maker) midnights() []period.Point {
	if m.axis.longest < 20*time.Hour {
		return nil
	}
	var edges []period.Point
	for _, p := range m.parts {
		if p.covers() && !p.wide && p.window.From.Finite() && !m.axis.isEdge(m.axis.edgeNear(p.window.From)) {
			edges = append(edges, p.window.From)
		}
	}
	if len(edges) < 2 {
		return nil
	}
	return edges
}

// NameZone reports existing windows whose edges are midnights of another zone than the policy's. It reads the tz database,
// so it is no part of MakePlan.
func (p Plan) NameZone(server string) Plan {
	zone, ok := period.ZoneOf(p.midnights, server)
	if !ok || zone == p.axis.zone.String() {
		return p
	}
	p.Findings = append(p.Findings, Finding{Code: "zone_differs", Severity: Warning,
		Message: fmt.Sprintf("%d partitions of %s begin at midnight of %s, and the policy's timezone is %s", len(p.midnights), p.Table, zone, p.axis.zone),
		Remedy:  fmt.Sprintf("If that was not meant, say `timezone: %s`.", zone)})
	return p
}
