package ddl

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Guard is a query that fails the transaction, with SQLSTATE 22P02 and a message that begins with `partsmith: `, unless
// the relation of that name is still the one that was planned and meets the preconditions. The count is not known when the
// statement is planned, so PostgreSQL does not evaluate the failing cast too early.
func Guard(table catalog.Name, oid uint32, preconditions ...Precondition) Statement {
	all := []string{
		"c.oid OPERATOR(pg_catalog.=) " + oidLiteral(oid),
		"c.relname OPERATOR(pg_catalog.=) " + catalog.QuoteLiteral(table.Table),
		"n.nspname OPERATOR(pg_catalog.=) " + catalog.QuoteLiteral(table.Schema),
	}
	prints := false
	for _, c := range preconditions {
		all, prints = append(all, c.sql), prints || c.prints
	}
	return Statement{Holds: true, Prints: prints, SQL: fmt.Sprintf(
		"SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.=) 1 THEN 0 ELSE pg_catalog.concat(%s, pg_catalog.count(*))::pg_catalog.int4 END\n"+
			"  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace\n"+
			"  WHERE %s",
		catalog.QuoteLiteral("partsmith: "+table.String()+" is no longer what was planned, matches "), strings.Join(all, "\n    AND "))}
}

// Same is a short guard that a name still means the table that was planned; none for a table that is only to be made.
func Same(table catalog.Name, oid uint32) Statement {
	if oid == 0 {
		return Statement{}
	}
	return Statement{Holds: true, Last: true, SQL: fmt.Sprintf(
		"SELECT CASE WHEN %s::pg_catalog.regclass::pg_catalog.oid OPERATOR(pg_catalog.=) %s THEN 0 ELSE pg_catalog.concat(%s)::pg_catalog.int4 END",
		catalog.QuoteLiteral(table.String()), oidLiteral(oid), catalog.QuoteLiteral("partsmith: "+table.String()+" is no longer what was planned"))}
}

func oidLiteral(oid uint32) string { return fmt.Sprintf("'%d'::pg_catalog.oid", oid) }

// Precondition is what a Guard asks of a relation c.
type Precondition struct {
	sql    string
	prints bool // it compares a bound, whose text depends on settings
}

// NotAttached is met by a table that is nobody's partition.
func NotAttached() Precondition { return Precondition{sql: "NOT c.relispartition"} }

// AttachedTo is met by a partition of the parent, and not by one whose detach is pending.
func AttachedTo(parent uint32) Precondition {
	return Precondition{sql: inherits(parent, "NOT i.inhdetachpending")}
}

// PendingFrom is met by a partition whose detach from the parent is pending.
func PendingFrom(parent uint32) Precondition {
	return Precondition{sql: inherits(parent, "i.inhdetachpending")}
}

func inherits(parent uint32, pending string) string {
	return fmt.Sprintf("EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid"+
		" AND i.inhparent OPERATOR(pg_catalog.=) %s AND %s)", oidLiteral(parent), pending)
}

// Bounded is met while a partition holds what it held. With relation 0 pg_get_expr takes no lock (PostgreSQL 14 to 18).
func Bounded(text string) Precondition {
	return Precondition{prints: true, sql: "pg_catalog.pg_get_expr(c.relpartbound, 0) OPERATOR(pg_catalog.=) " + catalog.QuoteLiteral(text)}
}

// Commented is met while the comment is this one to the letter; a line partsmith:hold that came meanwhile changes it.
func Commented(text string) Precondition {
	return Precondition{sql: "COALESCE(pg_catalog.obj_description(c.oid, 'pg_class'), '') OPERATOR(pg_catalog.=) " + catalog.QuoteLiteral(text)}
}

// Unheld is met while no line partsmith:hold stands in the comment of the parent.
func Unheld(parent uint32) Precondition {
	return Precondition{sql: fmt.Sprintf("NOT COALESCE(pg_catalog.obj_description(%s, 'pg_class') OPERATOR(pg_catalog.~) %s, false)",
		oidLiteral(parent), catalog.QuoteLiteral(`(^|\n)\s*partsmith:hold( |\s*(\n|$))`))}
}

// The lock modes that statements take, as PostgreSQL names them.
const (
	AccessShare          = "ACCESS SHARE"
	ShareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
	Share                = "SHARE"
	ShareRowExclusive    = "SHARE ROW EXCLUSIVE"
	AccessExclusive      = "ACCESS EXCLUSIVE"
)

// Lock locks a table alone, without what is below it, in the mode that the statement after the guard takes anyway.
func Lock(table catalog.Name, mode string) Statement {
	return Statement{SQL: "LOCK TABLE ONLY " + table.String() + " IN " + mode + " MODE", Holds: true}
}

// LockAll locks tables with all that is below them.
func LockAll(mode string, tables ...catalog.Name) Statement {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.String()
	}
	return Statement{SQL: "LOCK TABLE " + strings.Join(names, ", ") + " IN " + mode + " MODE"}
}
