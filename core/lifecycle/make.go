package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// MakePlan says what must be done for a table under a policy at an instant, and why.
//
// It is a pure function: no clock, no database, no file, not even of the tz database. Where a decision needs something that costs a query, the plan carries
// Asks and leaves the operation out; with their answers in table.Answers, MakePlan is called again. A question that
// stays unanswered is a finding.
//
// A policy or a table that cannot work together gives a plan without steps and a finding of severity Error.
func MakePlan(table catalog.Table, policy Policy, at time.Time) Plan {
	now := period.Instant(at)
	m := &maker{table: table, policy: policy, now: now,
		plan: Plan{Table: table.Name, OID: table.OID, At: at, Cursor: now, Zone: policy.zone(), ZoneFrom: policy.zoneFrom(), policy: policy}}
	if table.Missing {
		m.missing()
		return m.plan
	}
	a, err := newAxis(table, policy, now)
	if err != nil {
		m.misfit(err)
		return m.plan
	}
	m.axis, m.plan.axis, m.plan.strange = a, a, a.strange
	m.policy.Zone, m.plan.policy.Zone = a.zone, a.zone
	m.plan.Zone, m.plan.ZoneFrom = a.zone, a.zoneFrom
	m.look()
	m.create()
	m.retire()
	m.notice()
	m.measure()
	return m.plan
}

// MostAsked is how often a plan may ask. What a detached partition held is asked first, then what it lacks; where that tells
// that it does not fit, for the name of the partition in its place.
const MostAsked = 4

// maker makes one plan: it looks at the partitions, then creates, then retires.
type maker struct {
	table  catalog.Table
	policy Policy
	now    period.Point
	axis   axis
	parts  []part
	wanted []period.Window
	names  map[catalog.Name]bool // names that partitions and detached partitions of the table have, or will have
	shared likeness              // what new partitions get because all existing ones have it
	held   int                   // partitions that are due to go and kept because the whole table is held
	plan   Plan
}

// find adds a finding.
func (m *maker) find(f Finding) { m.plan.Findings = append(m.plan.Findings, f) }

// step adds a step of operations that belong into one transaction.
func (m *maker) step(s Step) {
	s.Deadlock = m.table.Server.DeadlockTimeout
	m.plan.Steps = append(m.plan.Steps, s)
}

// ask looks an answer up, and puts the question where nobody has asked it yet.
func (m *maker) ask(a catalog.Ask) (answer catalog.Answer, asked bool) {
	answer, asked = m.table.Answers[a]
	if !asked {
		m.plan.Asks = append(m.plan.Asks, a)
	}
	return answer, asked
}

func (m *maker) missing() {
	if m.policy.Optional {
		return
	}
	m.find(Finding{Code: "missing_table", Severity: Error,
		Message: fmt.Sprintf("table %s does not exist", m.table.Name),
		Remedy:  "Check the name and the schema, make the table in a migration, or say `optional: true`."})
}

// measure fills in what the plan says about time.
func (m *maker) measure() {
	m.plan.Cutoff = m.axis.cutoff(m.policy, m.now)
	m.plan.Horizon = m.wanted[len(m.wanted)-1].To
	m.plan.covered = m.coveredNow()
	for i, w := range m.plan.covered {
		m.plan.covered[i] = m.axis.meant(w)
	}
	least := m.axis.leastRunway(m.policy, m.now)
	m.plan.Runway = m.axis.runway(sorted(m.plan.covered), m.now, least)
	m.plan.Runway.Default = m.catches()
	m.plan.After = m.plan.RunwayWith(func(Operation) bool { return true })
	m.noticeRunway()
}
