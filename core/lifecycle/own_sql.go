package lifecycle

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// ownSQL makes on a new table what all existing partitions have of their own. What has more than names of columns in it is made
// under the search_path that it was printed under; what comes after finds the session's own again, which a trigger on events may need.
func (m *maker) ownSQL(table catalog.Name) []ddl.Statement {
	plain, byPath := m.spacedSQL(table, false), m.spacedSQL(table, true)
	if len(byPath) == 0 {
		return plain
	}
	return append(plain, ddl.Within(ddl.Setting{Name: "search_path", Value: "pg_catalog, pg_temp"}, byPath)...)
}

// spacedSQL makes what is found by the search_path, or what is not, with indexes in the tablespaces of those of the newest partition.
func (m *maker) spacedSQL(table catalog.Name, byPath bool) (all []ddl.Statement) {
	var indexes []ddl.Statement
	space := ""
	for _, o := range m.shared.own {
		statements := ddl.Own(o, table, m.ownName(o, table))
		switch {
		case ddl.FindsByPath(o) != byPath:
			continue
		case o.Kind != catalog.OwnIndex && o.Kind != catalog.OwnConstraint:
			all = append(all, statements...)
			continue
		case o.Space != space:
			space = o.Space
			indexes = append(indexes, ddl.Statement{SQL: "SET LOCAL default_tablespace = " + catalog.QuoteLiteral(space)})
		}
		indexes = append(indexes, statements...)
	}
	if len(indexes) == 0 {
		return all
	}
	return append(all, ddl.Within(ddl.Setting{Name: "default_tablespace"}, indexes)...)
}

// ownName is what a thing is called on a new table; empty: PostgreSQL chooses.
func (m *maker) ownName(o catalog.Own, table catalog.Name) string {
	name := renamed(o.Name, m.shared.newest.Table, table.Table)
	switch o.Kind {
	case catalog.OwnIndex, catalog.OwnConstraint:
		if name := m.relationName(o, table); m.shared.names[name] {
			return name.Table
		}
		return ""
	case catalog.OwnStatistics:
		return m.statisticsName(o, name, table.Table)
	}
	return or(name, o.Name)
}

// statisticsName is a name that PostgreSQL does not choose itself. Until 15 there must be one.
func (m *maker) statisticsName(o catalog.Own, name, table string) string {
	if name != "" && !strings.HasSuffix(strings.TrimRight(name, "0123456789"), "_stat") {
		return name
	}
	if m.table.Server.Version >= 160000 {
		return ""
	}
	return or(name, table+"_"+o.Name) + "_own"
}
