package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// tooMany partitions of one table make planning of queries slow and snapshots large.
const tooMany = 5000

// notice reports what a person should know beyond the operations.
func (m *maker) notice() {
	if m.kept > 0 {
		m.find(Finding{Code: "held", Severity: Info,
			Message: fmt.Sprintf("%s due to go and kept: a line partsmith:hold in the comment of %s says so", human.Count(m.kept, "partition is", "partitions are"), m.table.Name)})
	}
	m.noticeLayout()
	m.noticeDetached()
	m.noticeLost()
	for _, n := range m.level.Oddities() {
		m.note(n)
	}
	m.noticeStorage()
	m.noticeDefault()
	if m.defaultPart() != nil && m.policy.Keep.Set {
		m.find(Finding{Code: "default_blocks_concurrent_detach", Severity: Info, Partition: m.defaultPart().Name,
			Message: fmt.Sprintf("%s has a DEFAULT partition, so PostgreSQL refuses DETACH CONCURRENTLY: detaches stop readers and writers for a moment", m.table.Name)})
	}
}

// noticeLayout reports how partitions lie that the policy leaves alone, and gaps.
func (m *maker) noticeLayout() {
	if n := len(m.inState(catalog.Attached)); n > tooMany {
		m.find(Finding{Code: "too_many_partitions", Severity: Warning,
			Message: fmt.Sprintf("%s has %d partitions", m.table.Name, n),
			Remedy:  "Wider windows or a shorter `keep` make queries plan faster."})
	}
	for _, n := range m.level.Layout() {
		if !slices.ContainsFunc(m.plan.Findings, func(f Finding) bool { return f.Code == n.Code && f.Partition == n.Partition && f.Severity == Error }) {
			m.note(n)
		}
	}
}

// note makes a finding of what the level tells.
func (m *maker) note(n level.Note) {
	f := Finding{Code: n.Code, Severity: Info, Message: n.Message, Remedy: n.Remedy, SQL: n.SQL, Partition: n.Partition, Window: n.Share.Window}
	if n.Warns {
		f.Severity = Warning
	}
	m.find(f)
}

// noticeDetached reports detached partitions that wait for their drop, and those that nothing will ever drop.
func (m *maker) noticeDetached() {
	var waiting, stuck int
	var bytes int64
	var next time.Time
	for _, p := range m.inState(catalog.Detached) {
		switch at := m.detachedDropAt(p); {
		case !p.own || !p.Expired:
		case at.IsZero():
			stuck++
			bytes += sizeOf(p.Partition)
		case m.plan.At.Before(at):
			waiting++
			if next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	if waiting > 0 {
		m.find(Finding{Code: "waiting", Severity: Info,
			Message: fmt.Sprintf("%s for drop_after %s; the next may be dropped at %s", human.Count(waiting, "detached partition waits", "detached partitions wait"), m.policy.DropAfter, stamp(next))})
	}
	if stuck > 0 {
		m.find(Finding{Code: "never_dropped", Severity: Info,
			Message: fmt.Sprintf("%s kept for ever, about %s: the policy has no drop_after", human.Count(stuck, "detached partition is", "detached partitions are"), human.Bytes(bytes)),
			Remedy:  "Give `drop_after`, or drop them by hand."})
	}
}

// detachedDropAt is when a detached partition may be dropped; zero: never.
func (m *maker) detachedDropAt(p part) time.Time {
	if p.Marker == nil {
		return time.Time{}
	}
	return m.dropAt(p.Marker.DetachedAt)
}

// noticeStorage reports that the newest partition has other storage parameters than the policy gives.
func (m *maker) noticeStorage() {
	newest := m.newest()
	if newest == nil || len(m.policy.Leaf.Storage) == 0 {
		return
	}
	have := slices.Clone(newest.Options)
	slices.Sort(have)
	var want []string
	for key, value := range m.policy.Leaf.Storage {
		want = append(want, key+"="+value)
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		m.find(Finding{Code: "storage_differs", Severity: Warning, Partition: newest.Name,
			Message: fmt.Sprintf("%s, the newest partition, has other storage parameters (%s) than the policy gives new ones", newest.Name, listed(have)),
			Remedy:  "Change them with ALTER TABLE ... SET (...), which rewrites nothing."})
	}
}

func listed(options []string) string {
	if len(options) == 0 {
		return "none"
	}
	return fmt.Sprint(options)
}

// noticeRunway reports, from how things are before the run, that they were allowed to run short: under half of what
// the policy promises. A table that never had a partition is new.
func (m *maker) noticeRunway() {
	if len(m.parts) == 0 {
		return
	}
	until, ok := m.plan.Runway.Until.Time()
	horizon, ok2 := m.plan.Horizon.Time()
	if !ok || !ok2 {
		return
	}
	left, promised := until.Sub(m.plan.At), horizon.Sub(m.plan.At)
	if left >= promised/2 {
		return
	}
	f := Finding{Code: "runway_short", Severity: Warning,
		Message: fmt.Sprintf("partitions were found to reach only %s ahead (to %s), and the policy promises %s", human.Length(left), m.plan.Runway.Until, human.Length(promised)),
		Remedy:  m.runwayRemedy()}
	if left <= 0 {
		f.Message = fmt.Sprintf("%s, and the policy promises partitions for %s", m.homeless(), human.Length(promised))
	}
	m.find(f)
}

// homeless says what becomes of the rows of now where no partition of their own was found.
func (m *maker) homeless() string {
	if m.plan.Runway.Default {
		return "the rows of now fall into the DEFAULT partition"
	}
	return "no partition was found for the rows of now"
}

// runwayRemedy is to run more often only where runs can make what is missing.
func (m *maker) runwayRemedy() string {
	var codes []string
	for _, f := range m.plan.Findings {
		ahead := f.Window.To.IsZero() || m.plan.Cursor.Before(f.Window.To)
		if f.Severity == Error && ahead && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	if len(codes) > 0 && m.plan.After.Until.Before(m.plan.Horizon) {
		return fmt.Sprintf("More runs do not help before this is settled: %s.", strings.Join(codes, ", "))
	}
	return "A run makes what is missing. Where runs are the rule already, let them be more often: at least once in half of `ahead`."
}
