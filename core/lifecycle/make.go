package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/level"
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
	return making(table, policy, at).plan
}

// MostAsked is how often a plan may ask. What a detached partition held is asked first, then what it lacks; where that tells
// that it does not fit, for the name of the partition in its place.
const MostAsked = 4

// maker makes one plan: it looks at the partitions, then creates, then retires.
type maker struct {
	table  catalog.Table
	policy Policy
	level  *level.Level // nil where the table does not fit the policy
	parts  []part
	names  map[catalog.Name]bool // names that partitions and detached partitions of the table have, or will have
	like   *leaf.Likeness        // what new partitions are like; nil until it is asked for
	kept   int                   // partitions that are due to go and kept because the whole table is held
	plan   Plan
}

// making makes a plan, and keeps what it was made from.
func making(table catalog.Table, policy Policy, at time.Time) *maker {
	m := &maker{table: table, policy: policy}
	m.plan = Plan{Table: table.Name, OID: table.OID, At: at, Cursor: period.Instant(at), Policy: policy, ZoneFrom: level.ZoneByDefault}
	if policy.Zone != nil {
		m.plan.ZoneFrom = level.ZoneOfPolicy
	}
	if table.Missing {
		m.missing()
		return m
	}
	l, err := policy.read(table, m.plan.Cursor)
	if err != nil {
		m.misfit(err)
		return m
	}
	m.level, m.policy.Zone = l, l.Zone
	m.plan.Policy, m.plan.ZoneFrom, m.plan.StrangeEdges = m.policy, l.ZoneFrom, l.Strange
	m.look()
	m.create()
	m.retire()
	m.notice()
	m.measure()
	return m
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
	p, l := &m.plan, m.level
	p.Cutoff, p.Horizon, p.Covered = l.Cutoff, l.Horizon, l.Covered
	p.Runway = Runway{Least: l.Least, Default: m.catches()}
	p.Runway = p.RunwayWith(func(Operation) bool { return false })
	p.After = p.RunwayWith(func(Operation) bool { return true })
	m.noticeRunway()
}
