package lifecycle

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// moveSQL is the recipe for rows of a window that DEFAULT holds: what a person may run, never a step of ours. It is for
// rows in tables of this database that no foreign key points at.
//
// The new table has no triggers before it is attached. Those of DEFAULT are switched off while the rows move, under a lock
// that lets nobody else notice. With row_security off the DELETE fails where a policy would hide rows from it.
func (m *maker) moveSQL(d *part, p piece) string {
	table := m.likeness().Table(p.name)
	statements := ddl.Compact(ddl.AsRole(m.table.ActAs), ddl.Statement{SQL: "SET LOCAL row_security = off"},
		ddl.LockAll(ddl.AccessExclusive, d.Name), table.Create())
	statements = append(statements, triggersSQL(d.Partition, false)...)
	statements = append(statements, ddl.Move(d.Name, p.name, m.level.Key(p.Share), m.insertable()))
	statements = append(statements, triggersSQL(d.Partition, true)...)
	statements = append(statements, table.Follow()...)
	statements = append(statements, ddl.Statement{SQL: ddl.Attach(m.table.Name, p.name, m.level.Key(p.Share).Bound())})
	return ddl.Script(statements...)
}

// insertable are the columns that may be inserted into.
func (m *maker) insertable() (names []string) {
	for _, c := range m.table.Columns {
		if !c.Generated {
			names = append(names, c.Name)
		}
	}
	return names
}

// pointingAt are the foreign keys whose rows may point at rows of a partition: those onto the whole table, onto the
// partition, and onto what is below it.
func (m *maker) pointingAt(p *part) []catalog.ForeignKey {
	below := oids(p.Partition)
	return slices.DeleteFunc(slices.Clone(m.table.ForeignKeys), func(k catalog.ForeignKey) bool {
		return k.Out || k.OnPartition != 0 && !below[k.OnPartition]
	})
}

// oids are those of a partition and of all that is below it.
func oids(p *catalog.Partition) map[uint32]bool {
	found := map[uint32]bool{}
	each(p, func(q *catalog.Partition) { found[q.OID] = true })
	return found
}

// each calls do for a partition and for all that is below it.
func each(p *catalog.Partition, do func(*catalog.Partition)) {
	do(p)
	if p.Inner == nil {
		return
	}
	for i := range p.Inner.Partitions {
		each(&p.Inner.Partitions[i], do)
	}
}

// holdsForeign reports whether rows of a partition lie in foreign tables, which no transaction of ours covers.
func holdsForeign(p *catalog.Partition) (foreign bool) {
	each(p, func(q *catalog.Partition) { foreign = foreign || q.Kind == "f" })
	return foreign
}

// firesForAll reports whether a DELETE fires triggers that the role may not switch off.
func (m *maker) firesForAll(p *catalog.Partition) (fires bool) {
	each(p, func(q *catalog.Partition) {
		fires = fires || slices.ContainsFunc(q.Triggers, func(t catalog.Trigger) bool { return t.Internal && !m.table.Server.Superuser })
	})
	return fires
}

// triggersSQL switches the triggers off that a DELETE would fire, or on again as they were.
func triggersSQL(p *catalog.Partition, on bool) (statements []ddl.Statement) {
	each(p, func(q *catalog.Partition) {
		for _, t := range q.Triggers {
			statements = append(statements, ddl.Trigger(q.Name, t, on))
		}
	})
	return statements
}
