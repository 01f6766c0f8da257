package ddl

import (
	"regexp"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Own makes on a table what another one has of its own. Of an index, a constraint, and from PostgreSQL 16 on extended statistics the
// name may be empty: PostgreSQL chooses. It takes locks on the table alone, a constraint trigger with FROM aside.
func Own(o catalog.Own, table catalog.Name, name string) []Statement {
	def, alter := o.On(table), "ALTER TABLE "+table.String()+" "
	switch o.Kind {
	case catalog.OwnIndex:
		return []Statement{{SQL: CreateIndex(o.Head, name, table, def)}}
	case catalog.OwnConstraint, catalog.OwnCheck:
		return []Statement{{SQL: alter + "ADD " + named("CONSTRAINT ", name) + def}}
	case catalog.OwnTrigger:
		return Compact(Statement{SQL: "CREATE " + o.Head + "TRIGGER " + named("", name) + def}, Statement{SQL: triggerState(alter, name, o.State)})
	case catalog.OwnStatistics:
		if name != "" { // a name that PostgreSQL has given away by now leaves the object out, instead of the table
			name = "IF NOT EXISTS " + catalog.Name{Schema: table.Schema, Table: name}.String() + " "
		}
		return []Statement{{SQL: "CREATE STATISTICS " + name + strings.TrimSpace(def) + " FROM " + table.String()}}
	case catalog.OwnPolicy:
		return []Statement{{SQL: "CREATE POLICY " + named("", name) + "ON " + table.String() + " " + def}}
	case catalog.OwnToast:
		key, value, _ := strings.Cut(o.Def, "=")
		return []Statement{{SQL: alter + "SET (toast." + key + " = " + catalog.QuoteLiteral(value) + ")"}}
	case catalog.OwnComment:
		return []Statement{{SQL: "COMMENT ON COLUMN " + table.String() + "." + catalog.QuoteIdent(o.Name) + " IS " + catalog.QuoteLiteral(o.Def)}}
	}
	return ownColumn(o, alter+"ALTER COLUMN "+catalog.QuoteIdent(o.Name)+" SET ")
}

func ownColumn(o catalog.Own, set string) []Statement {
	switch o.Kind {
	case catalog.OwnTarget:
		set += "STATISTICS " + o.Def
	case catalog.OwnOptions:
		set += "(" + o.Def + ")"
	case catalog.OwnStorage:
		set += "STORAGE " + o.Def
	case catalog.OwnCompression:
		set += "COMPRESSION " + o.Def
	case catalog.OwnNotNull:
		set += "NOT NULL"
	default:
		return nil
	}
	return []Statement{{SQL: set}}
}

// CreateIndex is CREATE INDEX; head is empty, or UNIQUE with a space behind it. Without a name PostgreSQL chooses one.
func CreateIndex(head, name string, table catalog.Name, def string) string {
	return "CREATE " + head + "INDEX " + named("", name) + "ON " + table.String() + " " + def
}

// MissingIndex builds an index like one of the parent. The definition comes from the server, which leaves the schema out where
// it is pg_catalog, so it is read under that search_path alone. Where PostgreSQL chooses the name, none can be in its way.
func MissingIndex(table catalog.Name, x catalog.MissingIndex) []Statement {
	head := ""
	if x.Unique {
		head = "UNIQUE "
	}
	return []Statement{
		{SQL: "SET LOCAL search_path = pg_catalog, pg_temp", Holds: true},
		{SQL: "SET LOCAL default_tablespace = " + catalog.QuoteLiteral(x.Space), Holds: true},
		{SQL: CreateIndex(head, x.Name, table, x.Def), Holds: true},
	}
}

// named is a name with what stands before it and a space behind it, nothing without a name.
func named(before, name string) string {
	if name == "" {
		return ""
	}
	return before + catalog.QuoteIdent(name) + " "
}

func triggerState(alter, name, state string) string {
	switch name = catalog.QuoteIdent(name); state {
	case "D":
		return alter + "DISABLE TRIGGER " + name
	case "R":
		return alter + "ENABLE REPLICA TRIGGER " + name
	case "A":
		return alter + "ENABLE ALWAYS TRIGGER " + name
	}
	return ""
}

// columnsOnly is a definition of an index or constraint in which nothing but columns is named.
var columnsOnly = regexp.MustCompile(`^(USING [a-z]+|PRIMARY KEY|UNIQUE( NULLS NOT DISTINCT)?) \(` + columnList + `\)( INCLUDE \(` + columnList + `\))?` +
	`( NULLS NOT DISTINCT)?( DEFERRABLE)?( INITIALLY DEFERRED)?$`)

const (
	columnName = `([a-z_][a-z0-9_]*|"([^"]|"")+")( DESC)?( NULLS (FIRST|LAST))?`
	columnList = columnName + `(, ` + columnName + `)*`
)

// FindsByPath reports whether a definition may have names in it that mean what they should under `search_path = pg_catalog` alone, because
// the server leaves the schema out where it is pg_catalog.
func FindsByPath(o catalog.Own) bool {
	switch o.Kind {
	case catalog.OwnIndex, catalog.OwnConstraint:
		return !columnsOnly.MatchString(o.Def)
	case catalog.OwnCheck, catalog.OwnTrigger, catalog.OwnStatistics, catalog.OwnPolicy:
		return true
	}
	return false
}

// Within are statements under another value of a setting, which is put back behind them: to what it was, not to what the session
// has as its default. What stands behind finds the user's own again.
func Within(set Setting, statements []Statement) []Statement {
	kept := catalog.QuoteLiteral("partsmith." + set.Name)
	name := catalog.QuoteLiteral(set.Name)
	around := []Statement{
		{SQL: "SELECT pg_catalog.set_config(" + kept + ", pg_catalog.current_setting(" + name + "), true)"},
		{SQL: "SELECT pg_catalog.set_config(" + name + ", " + catalog.QuoteLiteral(set.Value) + ", true)"},
	}
	return append(append(around, statements...), Statement{SQL: "SELECT pg_catalog.set_config(" + name + ", pg_catalog.current_setting(" + kept + "), true)"})
}
