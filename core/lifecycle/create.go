package lifecycle

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// batch is how many partitions one transaction makes where that holds nobody else's table.
const batch = 25

// piece is what of the level needs a partition, and how it will get one.
type piece struct {
	level.Piece
	name   catalog.Name
	check  bool // DEFAULT is spared the scan by a CHECK
	unsure bool // with check: DEFAULT may hold rows of it, the server could not tell in time
}

// create plans what the wanted windows lack.
func (m *maker) create() {
	rejoined := m.rejoin()
	pieces := m.level.Missing(rejoined)
	if m.nested() {
		pieces = nil
	}
	if !m.mayCreate(len(pieces)+len(rejoined) > 0) {
		return
	}
	var ready []piece
	for _, missing := range pieces {
		if m.unreadable(missing.Share) {
			continue
		}
		p, named := m.named(m.sparingDefault(piece{Piece: missing}))
		p, free := m.besideDefault(p, true)
		if named && free {
			ready = append(ready, p)
		}
	}
	m.createSteps(m.alike(ready))
}

// mayCreate reports whether the role has what creation needs. Missing rights are an error where something is due.
func (m *maker) mayCreate(due bool) bool {
	severity := Warning
	if due {
		severity = Error
	}
	if target := m.table.Target; target.Name != "" && !target.Exists {
		m.find(Finding{Code: "misfit", Severity: severity,
			Message: fmt.Sprintf("schema %s, where new partitions of %s are to be made, does not exist", catalog.QuoteIdent(target.Name), m.table.Name),
			Remedy:  "Make the schema, or correct `schema`.", SQL: "CREATE SCHEMA " + catalog.QuoteIdent(target.Name)})
		return false
	}
	for _, r := range m.table.Lacks {
		m.find(lackOf(r, severity))
	}
	return len(m.table.Lacks) == 0
}

// lackOf is the finding about a right that is missing.
func lackOf(r catalog.Right, severity Severity) Finding {
	return Finding{Code: "not_owner", Severity: severity,
		Message: fmt.Sprintf("the role lacks %s on %s", r.What, r.Relation),
		Remedy:  "Let somebody who may grant it.", SQL: r.Grant}
}

// unreadable reports a share that a partition with an unreadable bound may hold: whether a new partition would overlap it
// cannot be told.
func (m *maker) unreadable(s level.Share) bool {
	i := slices.IndexFunc(m.parts, func(p part) bool {
		return p.State != catalog.Detached && !p.Known && !p.isDefault() && m.level.MayReach(p.Bound, s)
	})
	if i < 0 {
		return false
	}
	m.find(Finding{Code: "unreadable_bound", Severity: Error, Partition: m.parts[i].Name, Window: s.Window,
		Message: fmt.Sprintf("%s cannot be covered: partition %s may hold part of it, and its bound (%s) is no window of the first key column alone",
			s, m.parts[i].Name, m.parts[i].Bound.Text),
		Remedy: "Make the partition by hand, or move the rows into partitions whose bounds have MINVALUE behind the first column."})
	return true
}

// named gives the piece a name that is free. One with a number is for a name that another partition of the same table, made for a
// calendar of before, has already.
func (m *maker) named(p piece) (piece, bool) {
	schema, base := cmp.Or(m.table.Target.Name, m.table.Name.Schema), m.level.Name(p.Piece)
	for n := 1; n <= 100; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		if len(name) > ddl.MaxName {
			break
		}
		p.name = catalog.Name{Schema: schema, Table: name}
		if m.given()[p.name] {
			continue
		}
		free := m.free(p)
		m.names[p.name] = true
		return p, free
	}
	m.find(Finding{Code: "name_taken", Severity: Error, Partition: p.name, Window: p.Window,
		Message: fmt.Sprintf("no name within %d bytes is free for the partition of %s", ddl.MaxName, p.Share),
		Remedy:  "Give a shorter `name` pattern."})
	return p, false
}

// given are the names that partitions and detached partitions of the table have, or will have. Most plans make nothing, and need none.
func (m *maker) given() map[catalog.Name]bool {
	if m.names == nil {
		m.names = make(map[catalog.Name]bool, len(m.table.Partitions))
		for i := range m.table.Partitions {
			m.names[m.table.Partitions[i].Name] = true
		}
	}
	return m.names
}

// free asks whether a stranger has the name.
func (m *maker) free(p piece) bool {
	answer, asked := m.ask(catalog.Ask{Kind: catalog.AskTaken, Name: p.name})
	switch {
	case !asked:
		return false
	case !answer.Known:
		m.unanswered(p.name, p.Share, "whether its name is free", answer)
	case answer.Yes:
		m.find(Finding{Code: "name_taken", Severity: Error, Partition: p.name, Window: p.Window,
			Message: fmt.Sprintf("%s cannot be made: something else that is no partition of %s has the name", p.name, m.table.Name),
			Remedy:  "Rename it, attach it where it is the missing partition, or choose another `name` pattern."})
	default:
		return true
	}
	return false
}

// unanswered reports an operation that is left out because the database could not tell what it depends on.
func (m *maker) unanswered(partition catalog.Name, s level.Share, what string, a catalog.Answer) {
	m.find(Finding{Code: "unanswered", Severity: Error, Partition: partition, Window: s.Window,
		Message: fmt.Sprintf("%s is left as it is: %s could not be told, %s", partition, what, a.Cause),
		Remedy:  "The next run asks again."})
}

// createSteps puts the pieces into transactions: several into one where that holds nobody else's table.
func (m *maker) createSteps(pieces []piece) {
	size := batch
	if len(m.keys(true)) > 0 || len(m.keys(false)) > 0 || m.defaultPart() != nil {
		size = 1
	}
	var plain, checked []piece
	for _, p := range pieces {
		if p.check {
			checked = append(checked, p)
		} else {
			plain = append(plain, p)
		}
	}
	for group := range slices.Chunk(plain, size) {
		m.step(Step{Operations: m.creations(group)})
	}
	m.checkedSteps(checked)
	m.published(len(pieces))
}

func (m *maker) creations(pieces []piece) []Operation {
	var ops []Operation
	for _, p := range pieces {
		ops = append(ops, m.creation(p))
		if !p.Whole {
			m.find(Finding{Code: "bridged", Severity: Info, Partition: p.name, Window: p.Window,
				Message: fmt.Sprintf("%s fills what older partitions leave open: %s", p.name, p.Share)})
		}
	}
	return ops
}

func (m *maker) creation(p piece) Operation {
	op := m.operation(Create, p.name, p.Share)
	op.Bound = m.level.Key(p.Share).Bound()
	op.Reason, op.ReasonCode = "no partition holds "+p.Share.String(), "missing"
	if m.catches() {
		op.Reason = "rows of " + p.Share.String() + " would fall into the DEFAULT partition"
	}
	if !p.Whole {
		op.Reason, op.ReasonCode = "older partitions leave "+p.Share.String()+" open", "bridge"
	}
	op.Rows = 0
	op.Locks = m.attachLocks(p.name)
	op.Like = m.likeness().Texts()
	op.Statements = m.createSQL(op)
	return op
}

// createSQL makes a table like the others and attaches it.
func (m *maker) createSQL(op Operation) []ddl.Statement {
	statements := append([]ddl.Statement{ddl.AsRole(m.table.ActAs)}, m.likeness().Create(op.Partition)...)
	attach := ddl.Attach(m.table.Name, op.Partition, op.Bound)
	return ddl.Compact(append(statements, ddl.Statement{SQL: attach, Holds: true}, ddl.Same(m.table.Name, m.table.OID))...)
}
