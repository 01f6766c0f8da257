package leaf

import (
	"cmp"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// ownSQL makes on a new table what all existing partitions have of their own. What has more than names of columns in it is made
// under the search_path that it was printed under; what comes after finds the session's own again, which a trigger on events may need.
func (l *Likeness) ownSQL(table catalog.Name) []ddl.Statement {
	plain, byPath := l.spacedSQL(table, false), l.spacedSQL(table, true)
	if len(byPath) == 0 {
		return plain
	}
	return append(plain, ddl.Within(ddl.Setting{Name: "search_path", Value: "pg_catalog, pg_temp"}, byPath)...)
}

// spacedSQL makes what is found by the search_path, or what is not, with indexes in the tablespaces of those of the newest partition.
func (l *Likeness) spacedSQL(table catalog.Name, byPath bool) (all []ddl.Statement) {
	var indexes []ddl.Statement
	space := ""
	for _, o := range l.own {
		statements := ddl.Own(o, table, l.ownName(o, table))
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
func (l *Likeness) ownName(o catalog.Own, table catalog.Name) string {
	name := renamed(o.Name, l.newest.Name.Table, table.Table)
	switch o.Kind {
	case catalog.OwnIndex, catalog.OwnConstraint:
		if name := l.relation(o, table); l.names[name] {
			return name.Table
		}
		return ""
	case catalog.OwnStatistics:
		return l.statisticsName(o, name, table.Table)
	}
	return cmp.Or(name, o.Name)
}

// statisticsName is a name that PostgreSQL does not choose itself. Until 15 there must be one.
func (l *Likeness) statisticsName(o catalog.Own, name, table string) string {
	if name != "" && !strings.HasSuffix(strings.TrimRight(name, "0123456789"), "_stat") {
		return name
	}
	if l.table.Server.Version >= 160000 {
		return ""
	}
	return cmp.Or(name, table+"_"+o.Name) + "_own"
}
