package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// scanRate is how fast ATTACH is trusted to scan a DEFAULT partition, in bytes a second: a cautious figure, about half
// of what PostgreSQL does from memory.
const scanRate = 128 << 20

// scanTime is how long a scan of so many bytes would hold the DEFAULT partition.
func scanTime(bytes int64) time.Duration {
	return time.Duration(float64(bytes) / scanRate * float64(time.Second)).Round(time.Millisecond)
}

// catches reports whether the DEFAULT partition takes the rows of every window that has no partition of its own: not one that is
// divided further, nor one on which a killed run left its CHECK; and the rows of a partition whose detach is pending are refused.
func (m *maker) catches() bool {
	d := m.defaultPart()
	return d != nil && d.State == catalog.Attached && d.Kind != "p" && !m.leftCheck(d) && len(m.inState(catalog.Pending)) == 0
}

// sparingDefault lets a window begin at its own edge where the DEFAULT partition holds rows of the moment before, or may do so: they
// stay there, and nothing stands in the way of the window.
func (m *maker) sparingDefault(p piece) piece {
	d, early := m.defaultPart(), p.Early()
	if d == nil || early.Empty() {
		return p
	}
	answer, asked := m.ask(m.level.Rows(d.OID, early))
	if asked && (answer.Yes || !answer.Known) {
		p.Piece = p.WithoutEarly()
	}
	return p
}

// besideDefault reports whether a piece can be attached beside the DEFAULT partition, which ATTACH scans under ACCESS
// EXCLUSIVE (PostgreSQL 14 to 18) unless a valid CHECK excludes the window. fresh: the piece is to be made, and may wait
// for that CHECK; else it is a detached partition to be attached again.
func (m *maker) besideDefault(p piece, fresh bool) (piece, bool) {
	d := m.defaultPart()
	if d == nil {
		return p, true
	}
	rows, askedRows := m.ask(m.level.Rows(d.OID, p.Share))
	size, askedSize := m.ask(catalog.Ask{Kind: catalog.AskSize, Relation: d.OID})
	if !askedRows || !askedSize {
		return p, false
	}
	if rows.Known && rows.Yes {
		m.defaultHolds(d, p, fresh, rows)
		return p, false
	}
	fits := size.Known && scanTime(size.Bytes) <= defaultStatementLimit
	if fits && rows.Known {
		return p, true
	}
	if fresh && m.policy.DefaultCheck && p.Later {
		p.check, p.unsure = true, !rows.Known
		return p, true
	}
	m.defaultUnfit(d, p, fresh, rows, size)
	return p, false
}

func (m *maker) defaultHolds(d *part, p piece, fresh bool, rows catalog.Answer) {
	f := Finding{Code: "default_holds_rows", Severity: Error, Partition: p.name, Window: p.Window, Rows: rows.Count,
		Message: fmt.Sprintf("%s: the DEFAULT partition %s holds %s of %s", cannotBe(p, fresh), d.Name, rowsText(rows), p.Share)}
	switch keys := m.pointingBelow(d); {
	case len(keys) > 0:
		f.Remedy = fmt.Sprintf("Moving the rows would be refused, or would delete or change rows elsewhere, because foreign keys point at them: %s. "+
			"In a maintenance window drop these keys, move the rows%s, and add the keys again as NOT VALID and validate them; or leave the rows where they are: other windows go on.",
			keysText(keys), into(p, fresh))
	case !fresh:
		f.Remedy = fmt.Sprintf("At a quiet time, and in one transaction, move them into %s; the next run attaches it.", p.name)
	case holdsForeign(d.Partition):
		f.Remedy = "The rows lie in a foreign table: move them by hand."
	case m.firesForAll(d.Partition):
		f.Remedy = fmt.Sprintf("Move the rows by hand. Triggers that %s has from its parent would fire, and on PostgreSQL 14 only a superuser can switch them off: planned as one, the statements are printed.", d.Name)
	default:
		f.Remedy = "Move the rows into the new partition in one transaction, at a quiet time: it locks DEFAULT against readers and writers. Triggers of DEFAULT do not fire."
		f.SQL = m.moveSQL(d, p)
	}
	m.find(f)
}

// cannotBe begins a sentence about what DEFAULT stands in the way of.
func cannotBe(p piece, fresh bool) string {
	if fresh {
		return p.name.String() + " cannot be made"
	}
	return "the detached partition " + p.name.String() + " cannot be attached again"
}

func into(p piece, fresh bool) string {
	if fresh {
		return ""
	}
	return " into " + p.name.String()
}

// keysText names foreign keys and the tables that they stand on.
func keysText(keys []catalog.ForeignKey) string {
	var names []string
	for _, k := range keys {
		names = append(names, fmt.Sprintf("%s of %s", catalog.QuoteIdent(k.Name), k.Other))
	}
	return strings.Join(names, ", ")
}

func (m *maker) defaultUnfit(d *part, p piece, fresh bool, rows, size catalog.Answer) {
	if size.Known && scanTime(size.Bytes) > defaultStatementLimit {
		f := Finding{Code: "default_too_large", Severity: Error, Partition: p.name, Window: p.Window,
			Message: fmt.Sprintf("%s: attaching it would lock the DEFAULT partition %s against readers and writers for about %s while its %s are scanned",
				cannotBe(p, fresh), d.Name, scanTime(size.Bytes), human.Bytes(size.Bytes)),
			Remedy: "Empty DEFAULT, or attach the partition by hand at a quiet time."}
		if fresh {
			f.Remedy = "Empty DEFAULT, or say `default_check: allowed`: a CHECK on DEFAULT then spares the scan for windows after the current one, and refuses their rows until they are attached."
		}
		m.find(f)
		return
	}
	unknown := rows
	if !size.Known {
		unknown = size
	}
	m.unanswered(p.name, p.Share, "what the DEFAULT partition "+d.Name.String()+" holds", unknown)
}

// defaultCheckName is the constraint that spares DEFAULT the scan. It stands only during a run.
const defaultCheckName = "partsmith_default_check"

// checkedBatch is how many pieces share one CHECK and one transaction: ATTACH takes about a millisecond each then.
const checkedBatch = 50

// checkedSteps make pieces beside a large DEFAULT: one CHECK that excludes all of them, validated while writers go on,
// then ATTACH, which scans nothing, and the CHECK goes with the last of them. A piece of which DEFAULT may hold rows has a CHECK
// for itself, so that no other fails with it. What a killed run left goes first.
func (m *maker) checkedSteps(pieces []piece) {
	d := m.defaultPart()
	if d == nil {
		return
	}
	drop := ddl.Compact(ddl.AsRole(d.ActAs).Held(), ddl.DropCheck(d.Name, defaultCheckName))
	if len(pieces) == 0 && m.leftCheck(d) {
		m.step(Step{Statements: drop})
	}
	var free []piece
	for _, p := range pieces {
		if !p.unsure {
			free = append(free, p)
		}
	}
	for group := range slices.Chunk(free, checkedBatch) {
		m.checkedStep(d, group, drop)
	}
	for _, p := range pieces {
		if p.unsure {
			m.checkedStep(d, []piece{p}, drop)
		}
	}
}

func (m *maker) checkedStep(d *part, pieces []piece, drop []ddl.Statement) {
	ops := m.creations(pieces)
	var ids []string
	var shares []level.Share
	for i, op := range ops {
		ids, shares = append(ids, op.ID), append(shares, pieces[i].Share)
	}
	// DEFAULT holds nothing of the pieces; it may hold what lies between them.
	add := ddl.AddCheck(d.Name, defaultCheckName, ddl.Outside(m.level.Keys(shares)...))
	m.step(Step{Prepares: ids, Undo: drop, Statements: append(slices.Clone(drop), add)})
	m.step(Step{Prepares: ids, Undo: drop, Patient: true, Statements: ddl.Compact(ddl.AsRole(d.ActAs), ddl.Validate(d.Name, defaultCheckName))})
	last := &ops[len(ops)-1]
	last.Statements = append(last.Statements, drop...)
	m.step(Step{Operations: ops, Undo: drop})
}

// leftCheck reports whether a run that was killed left its CHECK on DEFAULT.
func (m *maker) leftCheck(d *part) bool {
	return slices.ContainsFunc(d.Checks, func(c catalog.Check) bool { return c.Name == defaultCheckName })
}
