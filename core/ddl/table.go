package ddl

import (
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// MaxName is the longest name of a relation, in bytes (NAMEDATALEN - 1).
const MaxName = 63

// Table is a new table, made like another one. PARTITION OF would take ACCESS EXCLUSIVE on the parent; LIKE takes ACCESS SHARE, and
// ATTACH later lets readers and writers go on. The identity comes with ATTACH: one on the child makes ATTACH fail from
// PostgreSQL 17 on.
type Table struct {
	Name, Like           catalog.Name
	Unlogged             bool
	Access, Space        string   // access method and tablespace; empty: the database's
	Storage              []string // storage parameters: fillfactor = '70'
	Owner                string   // given to the table after all; empty: it stays with who made it
	Grants               []catalog.Grant
	Targets              []catalog.StatTarget
	Comment              string
	Security             catalog.RowSecurity
	Identity             string   // replica identity as in pg_class.relreplident: f, n, i; else as a new table has it
	IdentityIndexColumns []string // with i: of the parent's index, whose like on the table has a name that PostgreSQL chose
}

// Create makes the table.
func (t Table) Create() Statement {
	var b strings.Builder
	b.WriteString("CREATE ")
	if t.Unlogged {
		b.WriteString("UNLOGGED ")
	}
	fmt.Fprintf(&b, "TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)", t.Name, t.Like)
	if t.Access != "" {
		b.WriteString(" USING " + catalog.QuoteIdent(t.Access))
	}
	if len(t.Storage) > 0 {
		b.WriteString(" WITH (" + strings.Join(t.Storage, ", ") + ")")
	}
	if t.Space != "" {
		b.WriteString(" TABLESPACE " + catalog.QuoteIdent(t.Space))
	}
	return Statement{SQL: b.String()}
}

// Follow gives the table what LIKE does not bring.
func (t Table) Follow() []Statement {
	var all []string
	for _, target := range t.Targets {
		all = append(all, t.target(target)...)
	}
	if t.Comment != "" {
		all = append(all, Comment(t.Name, t.Comment))
	}
	all = append(all, t.identity())
	if t.Security.On {
		all = append(all, t.alter("ENABLE ROW LEVEL SECURITY"))
	}
	if t.Security.Forced {
		all = append(all, t.alter("FORCE ROW LEVEL SECURITY"))
	}
	for _, g := range t.Grants {
		all = append(all, grant(g, t.Name))
	}
	if t.Owner != "" {
		all = append(all, t.alter("OWNER TO "+catalog.QuoteIdent(t.Owner)))
	}
	statements := make([]Statement, len(all))
	for i, sql := range all {
		statements[i].SQL = sql
	}
	return Compact(statements...)
}

func (t Table) alter(what string) string { return "ALTER TABLE " + t.Name.String() + " " + what }

func (t Table) target(s catalog.StatTarget) []string {
	var sql []string
	column := t.alter("ALTER COLUMN " + catalog.QuoteIdent(s.Column) + " SET ")
	if s.Target >= 0 {
		sql = append(sql, fmt.Sprintf("%sSTATISTICS %d", column, s.Target))
	}
	if len(s.Options) > 0 {
		sql = append(sql, column+"("+strings.Join(s.Options, ", ")+")")
	}
	return sql
}

// identity gives the table its replica identity.
func (t Table) identity() string {
	switch t.Identity {
	case "f":
		return t.alter("REPLICA IDENTITY FULL")
	case "n":
		return t.alter("REPLICA IDENTITY NOTHING")
	case "i":
		return t.identityIndex()
	}
	return ""
}

// identityIndex names the table's own index over the same columns.
func (t Table) identityIndex() string {
	if len(t.IdentityIndexColumns) == 0 {
		return ""
	}
	var columns []string
	for _, c := range t.IdentityIndexColumns {
		columns = append(columns, catalog.QuoteLiteral(c))
	}
	name := catalog.QuoteLiteral(t.Name.String())
	return "DO " + catalog.QuoteLiteral(fmt.Sprintf(`BEGIN
  EXECUTE (SELECT pg_catalog.format('ALTER TABLE %%s REPLICA IDENTITY USING INDEX %%I', %s, x.relname)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
    WHERE i.indrelid OPERATOR(pg_catalog.=) %s::pg_catalog.regclass AND i.indisunique AND i.indimmediate AND i.indpred IS NULL
      AND ARRAY[%s]::pg_catalog.name[] OPERATOR(pg_catalog.=) ARRAY(SELECT a.attname FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k(n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) k.n
        WHERE k.o OPERATOR(pg_catalog.<=) i.indnkeyatts ORDER BY k.o)
    ORDER BY x.relname LIMIT 1);
END`, name, name, strings.Join(columns, ", ")))
}

func grant(g catalog.Grant, table catalog.Name) string {
	to := "PUBLIC"
	if g.Grantee != "" {
		to = catalog.QuoteIdent(g.Grantee)
	}
	text := fmt.Sprintf("GRANT %s ON TABLE %s TO %s", g.Privilege, table, to)
	if g.Grantable {
		text += " WITH GRANT OPTION"
	}
	return text
}
