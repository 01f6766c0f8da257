package lifecycle

import (
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
	statements = append(statements, ddl.Triggers(d.Partition, false)...)
	statements = append(statements, ddl.Move(d.Name, p.name, m.level.Key(p.Share), m.insertable()))
	statements = append(statements, ddl.Triggers(d.Partition, true)...)
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
