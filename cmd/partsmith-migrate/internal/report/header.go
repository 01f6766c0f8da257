package report

import (
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/words"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// header says what the policy wants of a table, and how long rows will find a partition. Of a zero table nothing is counted.
func (p *Page) header(plan lifecycle.Plan, table catalog.Table) {
	policy := plan.Policy
	p.line("%s: %s", p.paint(bold, plan.Table.String()), words.Every(policy, plan.ZoneFrom))
	if plan.Horizon.IsZero() { // missing, or it does not fit: the finding says so
		return
	}
	now := runways(plan)
	if table.Name != (catalog.Name{}) {
		now = has(plan) + "; " + now
	}
	p.rows("  ", []row{
		cells(dim, "ahead", words.Ahead(policy, plan.Horizon)),
		cells(dim, "keep", words.Keep(policy, plan.Cutoff)),
		cells(dim, "now", now),
	})
}

// has counts what belongs to a table.
func has(plan lifecycle.Plan) string {
	text := human.Plural(plan.Attached, "partition")
	if plan.Detached > 0 {
		text += " and " + human.Number(int64(plan.Detached)) + " detached"
	}
	return text
}

func runways(plan lifecycle.Plan) string {
	zone := plan.Zone()
	text := "runway " + words.Runway(plan.Runway, plan.At, zone)
	if plan.After.Until != plan.Runway.Until {
		text += ", after this plan " + words.Runway(plan.After, plan.At, zone)
	}
	return text
}
