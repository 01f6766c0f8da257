package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// createSQL makes a table like the parent and attaches it. PARTITION OF would take ACCESS EXCLUSIVE on the parent; LIKE
// takes ACCESS SHARE and ATTACH lets readers and writers go on. The identity comes with ATTACH: one on the child makes
// ATTACH fail from PostgreSQL 17 on.
func (m *maker) createSQL(op Operation) []ddl.Statement {
	statements := []ddl.Statement{ddl.AsRole(m.table.ActAs), {SQL: m.likeSQL(op.Partition)}}
	statements = append(statements, m.ownSQL(op.Partition)...)
	for _, sql := range m.followSQL(op.Partition) {
		statements = append(statements, ddl.Statement{SQL: sql})
	}
	attach := ddl.Attach(m.table.Name, op.Partition, op.Bound)
	return ddl.Compact(append(statements, ddl.Statement{SQL: attach, Holds: true}, ddl.Same(m.table.Name, m.table.OID))...)
}

func (m *maker) likeSQL(name catalog.Name) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if logging := m.policy.Leaf.Logging; logging == Unlogged || logging == "" && (m.table.Unlogged || m.shared.unlogged) {
		b.WriteString("UNLOGGED ")
	}
	fmt.Fprintf(&b, "TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)", name, m.table.Name)
	if method := or(m.policy.Leaf.AccessMethod, m.table.AccessMethod, m.shared.method); method != "" {
		b.WriteString(" USING " + catalog.QuoteIdent(method))
	}
	if options := m.storage(); len(options) > 0 {
		b.WriteString(" WITH (" + strings.Join(options, ", ") + ")")
	}
	if space := or(m.policy.Leaf.Tablespace, m.table.Tablespace, m.shared.space); space != "" {
		b.WriteString(" TABLESPACE " + catalog.QuoteIdent(space))
	}
	return b.String()
}

// or is the first that is given.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// storage are the storage parameters of a new partition: the policy's, else those of the newest one, unless it is to be like the parent. A partitioned table
// has none of its own (PostgreSQL 14 to 18).
func (m *maker) storage() []string {
	if m.policy.Leaf.Storage != nil {
		return policyStorage(m.policy.Leaf.Storage)
	}
	newest := m.newest()
	if newest == nil || !m.policy.Leaf.likes("") {
		return nil
	}
	var options []string
	for _, option := range newest.Options {
		key, value, _ := strings.Cut(option, "=")
		options = append(options, key+" = "+catalog.QuoteLiteral(value))
	}
	return options
}

func policyStorage(storage map[string]string) []string {
	var options []string
	for _, key := range slices.Sorted(maps.Keys(storage)) {
		options = append(options, key+" = "+catalog.QuoteLiteral(storage[key]))
	}
	return options
}

// newest is the attached ordinary partition whose window begins last.
func (m *maker) newest() *part {
	for i := len(m.parts) - 1; i >= 0; i-- {
		if p := &m.parts[i]; p.covers() && p.Kind == "r" {
			return p
		}
	}
	return nil
}

// followSQL is what LIKE does not bring and a new partition is given: owner, statistics targets, replica identity, row
// security and, where asked, grants.
func (m *maker) followSQL(name catalog.Name) []string {
	t := m.table
	alter := "ALTER TABLE " + name.String() + " "
	var sql []string
	for _, s := range t.StatTargets {
		sql = append(sql, statSQL(alter, s)...)
	}
	if m.shared.comment != "" {
		sql = append(sql, ddl.Comment(name, m.shared.comment))
	}
	if replica := m.replicaSQL(name); replica != "" {
		sql = append(sql, replica)
	}
	if m.shared.secured.On {
		sql = append(sql, alter+"ENABLE ROW LEVEL SECURITY")
	}
	if m.shared.secured.Forced {
		sql = append(sql, alter+"FORCE ROW LEVEL SECURITY")
	}
	sql = append(sql, m.grantSQL(name)...)
	if t.ActAs == "" && t.Owner != "" && t.Owner != t.Server.Role {
		sql = append(sql, alter+"OWNER TO "+catalog.QuoteIdent(t.Owner))
	}
	return sql
}

func statSQL(alter string, s catalog.StatTarget) []string {
	var sql []string
	column := alter + "ALTER COLUMN " + catalog.QuoteIdent(s.Column) + " SET "
	if s.Target >= 0 {
		sql = append(sql, fmt.Sprintf("%sSTATISTICS %d", column, s.Target))
	}
	if len(s.Options) > 0 {
		sql = append(sql, column+"("+strings.Join(s.Options, ", ")+")")
	}
	return sql
}

// replicaSQL gives the partition the table's replica identity. One that uses an index names the partition's own index
// over the same columns, whose name PostgreSQL chose when LIKE made it.
func (m *maker) replicaSQL(name catalog.Name) string {
	alter := "ALTER TABLE " + name.String() + " REPLICA IDENTITY "
	switch or(m.shared.identity, m.table.ReplicaIdentity) {
	case "f":
		return alter + "FULL"
	case "n":
		return alter + "NOTHING"
	case "i":
		return m.replicaIndexSQL(name)
	}
	return ""
}

func (m *maker) replicaIndexSQL(name catalog.Name) string {
	if len(m.table.ReplicaIndex) == 0 {
		return ""
	}
	var columns []string
	for _, c := range m.table.ReplicaIndex {
		columns = append(columns, catalog.QuoteLiteral(c))
	}
	body := fmt.Sprintf(`BEGIN
  EXECUTE (SELECT pg_catalog.format('ALTER TABLE %%s REPLICA IDENTITY USING INDEX %%I', %s, x.relname)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
    WHERE i.indrelid OPERATOR(pg_catalog.=) %s::pg_catalog.regclass AND i.indisunique AND i.indimmediate AND i.indpred IS NULL
      AND ARRAY[%s]::pg_catalog.name[] OPERATOR(pg_catalog.=) ARRAY(SELECT a.attname FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k(n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) k.n
        WHERE k.o OPERATOR(pg_catalog.<=) i.indnkeyatts ORDER BY k.o)
    ORDER BY x.relname LIMIT 1);
END`, catalog.QuoteLiteral(name.String()), catalog.QuoteLiteral(name.String()), strings.Join(columns, ", "))
	return "DO " + catalog.QuoteLiteral(body)
}

// grantSQL copies the table's grants where the policy asks for it. Beside row security it never does: the policies are
// not copied, and a grant on the partition would go around them.
func (m *maker) grantSQL(name catalog.Name) []string {
	if !m.policy.Grants || m.table.RowSecurity || m.shared.secured.On {
		return nil
	}
	var sql []string
	for _, g := range m.table.Grants {
		to := "PUBLIC"
		if g.Grantee != "" {
			to = catalog.QuoteIdent(g.Grantee)
		}
		grant := fmt.Sprintf("GRANT %s ON TABLE %s TO %s", g.Privilege, name, to)
		if g.Grantable {
			grant += " WITH GRANT OPTION"
		}
		sql = append(sql, grant)
	}
	return sql
}
