package leaf

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// Create makes a table like the others; it is attached to nothing.
func (l *Likeness) Create(name catalog.Name) []ddl.Statement {
	table := l.Table(name)
	statements := append([]ddl.Statement{table.Create()}, l.ownSQL(name)...)
	return append(statements, table.Follow()...)
}

// Table is a new partition but for what the others have of their own.
func (l *Likeness) Table(name catalog.Name) ddl.Table {
	r, t := l.rule, l.table
	table := ddl.Table{Name: name, Like: t.Name, Storage: l.storage(), Grants: l.granted(), Targets: t.StatTargets,
		Unlogged: r.Logging == Unlogged || r.Logging == "" && (t.Unlogged || l.unlogged),
		Access:   cmp.Or(r.AccessMethod, t.AccessMethod, l.method),
		Space:    cmp.Or(r.Tablespace, t.Tablespace, l.space),
		Comment:  l.comment, Security: l.secured,
		Identity: cmp.Or(l.identity, t.ReplicaIdentity), IdentityIndexColumns: t.ReplicaIndex}
	if t.ActAs == "" && t.Owner != t.Server.Role {
		table.Owner = t.Owner
	}
	return table
}

// storage are the storage parameters of a new partition: the rule's, else those of the newest one, unless it is to be like the
// parent. A partitioned table has none of its own (PostgreSQL 14 to 18).
func (l *Likeness) storage() (options []string) {
	switch {
	case l.rule.Storage != nil:
		for _, key := range slices.Sorted(maps.Keys(l.rule.Storage)) {
			options = append(options, key+" = "+catalog.QuoteLiteral(l.rule.Storage[key]))
		}
	case l.newest != nil && l.rule.likes(""):
		for _, option := range l.newest.Options {
			key, value, _ := strings.Cut(option, "=")
			options = append(options, key+" = "+catalog.QuoteLiteral(value))
		}
	}
	return options
}

// granted are the table's grants, where they are copied. Beside row security it gets none: the policies are not copied, and a
// grant on the partition would go around them.
func (l *Likeness) granted() []catalog.Grant {
	if !l.grants || l.table.RowSecurity || l.secured.On {
		return nil
	}
	return l.table.Grants
}
