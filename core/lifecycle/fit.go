package lifecycle

import (
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// fits asks what ATTACH would make on a detached partition, and reports whether that is known.
func (m *maker) fits(p part) bool {
	answer, asked := m.ask(catalog.Ask{Kind: catalog.AskFit, Relation: p.OID})
	if asked && !answer.Known {
		m.unanswered(p.Name, p.Share, "what it lacks for being attached again", answer)
	}
	return asked && answer.Known
}

// attachesAlone reports whether ATTACH holds nothing but the parent, in a mode that lets readers and writers go on, and the
// partition: then it may take its time.
func (m *maker) attachesAlone() bool {
	return m.defaultPart() == nil && len(m.keys(true)) == 0 && len(m.keys(false)) == 0
}

// prepare plans a step that makes a detached partition ready.
func (m *maker) prepare(op Operation, p part, patient bool, statements ...ddl.Statement) {
	m.step(Step{Prepares: []string{op.ID}, Patient: patient, Statements: p.target().Ready(statements...)})
}

// attachCheckName is the CHECK that spares ATTACH the scan of a detached partition's rows. It goes in the transaction of the ATTACH.
const attachCheckName = "partsmith_attach_check"

// attachCheck has the rows checked for their window. The operators are those that the partition's own constraint will have:
// the key's type is one of pg_catalog.
func (m *maker) attachCheck(op Operation, p part) {
	m.prepare(op, p, false, ddl.DropCheck(p.Name, attachCheckName), ddl.AddCheck(p.Name, attachCheckName, m.level.Key(p.Share).Inside()))
	m.prepare(op, p, true, ddl.Validate(p.Name, attachCheckName).Held())
}

// attachKeys adds the foreign keys of the parent that the partition lacks. Only adding them locks the referenced table
// against writers, for a moment; checking the rows does not.
func (m *maker) attachKeys(op Operation, p part) {
	for _, k := range p.Fit.Keys {
		name := catalog.QuoteIdent(k.Name)
		if !k.Added {
			m.prepare(op, p, false, ddl.Alter(p.Name, "ADD CONSTRAINT %s %s NOT VALID", name, k.Def))
		}
		m.prepare(op, p, true, ddl.Validate(p.Name, name).Held())
	}
}

// attachIndexes builds the indexes of the parent that the partition lacks.
func (m *maker) attachIndexes(op Operation, p part) {
	for _, x := range p.Fit.Indexes {
		switch name := catalog.QuoteIdent(x.Name); {
		case x.Whole != "":
			m.prepare(op, p, true, ddl.Alter(p.Name, "ADD CONSTRAINT %s %s", name, x.Whole))
		case x.Constraint != "":
			if !x.Built {
				m.prepare(op, p, true, ddl.MissingIndex(p.Name, x)...)
			}
			m.prepare(op, p, false, ddl.Alter(p.Name, "ADD CONSTRAINT %s %s USING INDEX %s%s", name, x.Constraint, name, x.Deferral))
		default:
			m.prepare(op, p, true, ddl.MissingIndex(p.Name, x)...)
		}
	}
}

// unprepare takes back what would stand in the way of others while the partition stays detached: the CHECK, and foreign keys
// that were added, since they stop changes of the tables that they reference. Indexes stay: they harm nobody, and took long.
func (p part) unprepare() []ddl.Statement {
	undo := []ddl.Statement{ddl.DropCheck(p.Name, attachCheckName)}
	for _, k := range p.Fit.Keys {
		if !k.Added {
			undo = append(undo, ddl.DropCheck(p.Name, catalog.QuoteIdent(k.Name)))
		}
	}
	return p.target().Ready(undo...)
}
