package lifecycle

import (
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// createSQL makes a table like the parent and attaches it.
func (m *maker) createSQL(op Operation) []ddl.Statement {
	table := m.newTable(op.Partition)
	statements := []ddl.Statement{ddl.AsRole(m.table.ActAs), table.Create()}
	statements = append(statements, m.ownSQL(op.Partition)...)
	statements = append(statements, table.Follow()...)
	attach := ddl.Attach(m.table.Name, op.Partition, op.Bound)
	return ddl.Compact(append(statements, ddl.Statement{SQL: attach, Holds: true}, ddl.Same(m.table.Name, m.table.OID))...)
}

// newTable is what a new partition is like: as the policy says, else like the parent, else like the partitions that exist.
func (m *maker) newTable(name catalog.Name) ddl.Table {
	leaf, t := m.policy.Leaf, m.table
	table := ddl.Table{Name: name, Like: t.Name, Storage: m.storage(), Grants: m.grants(), Targets: t.StatTargets,
		Unlogged: leaf.Logging == Unlogged || leaf.Logging == "" && (t.Unlogged || m.shared.unlogged),
		Access:   or(leaf.AccessMethod, t.AccessMethod, m.shared.method),
		Space:    or(leaf.Tablespace, t.Tablespace, m.shared.space),
		Comment:  m.shared.comment, Security: m.shared.secured,
		Identity: or(m.shared.identity, t.ReplicaIdentity), IdentityIndexColumns: t.ReplicaIndex}
	if t.ActAs == "" && t.Owner != t.Server.Role {
		table.Owner = t.Owner
	}
	return table
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

// storage are the storage parameters of a new partition: the policy's, else those of the newest one, unless it is to be like the
// parent. A partitioned table has none of its own (PostgreSQL 14 to 18).
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
		if p := &m.parts[i]; p.Covers() && p.Kind == "r" {
			return p
		}
	}
	return nil
}

// grants are the table's, where the policy asks for them. Beside row security it gets none: the policies are not copied, and a
// grant on the partition would go around them.
func (m *maker) grants() []catalog.Grant {
	if !m.policy.Grants || m.table.RowSecurity || m.shared.secured.On {
		return nil
	}
	return m.table.Grants
}
