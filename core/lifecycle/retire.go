package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// retire plans to finish what was interrupted, to detach what has expired, and to drop what has waited long enough.
func (m *maker) retire() {
	m.unmark()
	detached := m.finishPending()
	expired := m.expired()
	if len(expired) > m.level.Brake {
		m.braked(expired)
		expired = nil
	}
	for _, p := range expired {
		if m.detach(p) {
			detached = append(detached, p)
		}
	}
	m.drop(detached)
	m.refresh()
}

// finishPending finalizes pending detaches that are not wanted back: while one pends, no other partition of the table
// can be detached concurrently. It gives those that become detached partitions of ours: what the policy leaves alone gets no marker.
func (m *maker) finishPending() []part {
	var ours []part
	for _, p := range m.inState(catalog.Pending) {
		if m.wantsBack(p) {
			continue
		}
		if p.Expired && m.retires(p) {
			if m.finalize(p, true, "pending", "its detach was interrupted, and it has expired") {
				ours = append(ours, p)
			}
			continue
		}
		m.find(Finding{Code: "detach_pending", Severity: Info, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("somebody's DETACH CONCURRENTLY of %s was interrupted; it is finished, and the table is then left alone for ever", p.Name)})
		m.finalize(p, false, "pending", "its detach was interrupted, and it stands in the way of others")
	}
	return ours
}

// expired are the attached partitions that the policy retires, oldest first.
func (m *maker) expired() []part {
	var found []part
	for _, p := range m.inState(catalog.Attached) {
		if p.Expired && m.retires(p) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(x, y part) int { return x.Window.To.Compare(y.Window.To) })
	return found
}

// retires reports whether an expired partition is the policy's to retire, and reports what is not.
func (m *maker) retires(p part) bool {
	switch {
	case m.table.Held:
		m.kept++
	case p.Held:
		m.find(Finding{Code: "held", Severity: Info, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("%s has expired and is kept: a line partsmith:hold in its comment says so", p.Name)})
	case p.Wide && !m.policy.RetireOffGrid:
		m.find(Finding{Code: "off_grid_expired", Severity: Warning, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("%s has expired and is left alone: it is wider than a window of the policy", p.Name),
			Remedy:  "Say `off_grid: retire`, and it goes like the others; a line partsmith:hold in its comment keeps it and ends this warning."})
	case p.Kind == "f":
		m.find(Finding{Code: "foreign_partition", Severity: Info, Partition: p.Name, Window: p.Window,
			Message: fmt.Sprintf("%s has expired and is left alone: it is a foreign table", p.Name)})
	default:
		return true
	}
	return false
}

func (m *maker) braked(expired []part) {
	n := len(expired)
	m.find(Finding{Code: "retire_limited", Severity: Warning, Rows: 0,
		Message: fmt.Sprintf("%d partitions have expired at once, more than the %d that one run retires; none is detached", n, m.level.Brake),
		Remedy:  fmt.Sprintf("Look at `keep` and at the partitions from %s to %s; if it is meant, run `partsmith-migrate apply --max-retire %d` once, or write `max_retire: %d` into the policy.", expired[0].Name, expired[n-1].Name, n, n)})
}

// detach plans one detach, where nothing points at the partition's rows and the role may do all that follows.
func (m *maker) detach(p part) bool {
	if !m.mayRetire(p, append(m.ownership(), p.Lacks...)) || m.detachTooLong(p) || !m.unreferenced(p) {
		return false
	}
	op := m.change(Detach, p, "expired", m.level.Why(p.Share))
	op.Concurrent = m.defaultPart() == nil
	op.DropAt = m.dropAt(m.marker(p).DetachedAt)
	op.Locks = m.detachLocks(p.Name, op.Concurrent)
	m.detachSteps(op, p)
	m.leavesForeign(p)
	return true
}

// ownership is what the role lacks for detaching anything from the table: no more than to be its owner.
func (m *maker) ownership() []catalog.Right {
	return slices.DeleteFunc(slices.Clone(m.table.Lacks), func(r catalog.Right) bool { return r.What != "ownership" })
}

// mayRetire reports whether nothing is lacking, and reports the first thing that is.
func (m *maker) mayRetire(p part, lacks []catalog.Right) bool {
	if len(lacks) == 0 {
		return true
	}
	f := m.lackAt(p, lacks[0], Error)
	f.Partition, f.Window = p.Name, p.Window
	m.find(f)
	return false
}

// lackAt is the finding about a right that is missing for a partition. One that has another owner than its table is given to the
// table's: rights on a stranger's tables would help once, and with this one alone.
func (m *maker) lackAt(p part, r catalog.Right, severity Severity) Finding {
	f := lackOf(r, severity)
	if owner := m.table.Owner; r.What == "ownership" && r.Relation == p.Name.String() && owner != "" && p.Owner != owner {
		f.Remedy = fmt.Sprintf("Let its owner give it to %s, the owner of %s.", catalog.QuoteIdent(owner), m.table.Name)
		f.SQL = fmt.Sprintf("ALTER TABLE %s OWNER TO %s", p.Name, catalog.QuoteIdent(owner))
	}
	return f
}

// dropAt is when what was detached at an instant may be dropped; zero: never.
func (m *maker) dropAt(detached time.Time) time.Time {
	if !m.policy.DropAfter.Set {
		return time.Time{}
	}
	at, _ := m.policy.DropAfter.Forward(period.Instant(detached), m.level.Zone).Time()
	return at
}

// unreferenced asks whether foreign keys point at rows of the partition: DETACH would be refused, and looks itself
// while it holds the referencing table.
func (m *maker) unreferenced(p part) bool {
	free := true
	for _, key := range m.keys(false) {
		answer, asked := m.ask(catalog.Ask{Kind: catalog.AskReferenced, Relation: p.OID, Key: key.OID})
		free = asked && m.unpointed(p, key, answer) && free
	}
	return free
}

// tooLong is how long the check of a foreign key may take here: what takes longer would be cut off by statement_timeout,
// however often it is tried. It is twice that limit, since a busy machine slows the question too.
const tooLong = 2 * defaultStatementLimit

func (m *maker) unpointed(p part, key catalog.ForeignKey, answer catalog.Answer) bool {
	f := Finding{Severity: Error, Partition: p.Name, Window: p.Window}
	switch {
	case !answer.Known:
		m.unanswered(p.Name, p.Share, fmt.Sprintf("whether rows of %s point at it (foreign key %s)", key.Other, catalog.QuoteIdent(key.Name)), answer)
		return false
	case answer.Yes:
		f.Code, f.Pointing = "referenced", key.OtherOID
		f.Message = fmt.Sprintf("%s has expired and cannot be detached: rows of %s point at its rows (foreign key %s)", p.Name, key.Other, catalog.QuoteIdent(key.Name))
		f.Remedy = "Delete or move these rows first; nothing is ever cascaded."
	case answer.Took > tooLong:
		f.Code = "check_too_long"
		f.Message = fmt.Sprintf("%s has expired and is not detached: the check of foreign key %s would hold writers of %s for about %s",
			p.Name, catalog.QuoteIdent(key.Name), key.Other, answer.Took.Round(time.Millisecond))
		f.Remedy = "Index the referencing columns."
	default:
		return true
	}
	m.find(f)
	return false
}

// unmark removes the markers of attached partitions: a run that was killed, or a hand, left them. One that leaves now gets its
// own; until then whoever detaches it by hand must not make it ours.
func (m *maker) unmark() {
	for i, p := range m.parts {
		if p.State != catalog.Attached || p.Marker == nil || len(p.Lacks) > 0 {
			continue
		}
		op := m.change(Unmark, p, "stale_marker", "it is attached, and its comment still says that it was detached")
		op.Rows, op.Bytes = -1, 0 // it is about a comment
		op.Locks = []RelationLock{{p.Name, ddl.ShareUpdateExclusive}}
		op.Statements = p.target().Recomment(p.Marker.Rest, ddl.AttachedTo(m.table.OID), ddl.Commented(p.Comment))
		m.step(Step{Operations: []Operation{op}, Retires: true})
		m.parts[i].Partition = p.withComment(p.Marker.Rest)
	}
}
