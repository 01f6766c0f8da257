package inspect

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed family.sql
var familySQL string

// Member is a partitioned table or one of its partitions, on any level.
type Member struct {
	OID, Parent int64  // Parent 0: the root
	Kind        string // pg_class.relkind: p, r, f
	Name, Root  catalog.Name
	Bytes       int64 // an estimate
	Indexes     []Index
}

// Index is an index of a member.
type Index struct {
	OID    int64  `json:"oid"`
	Name   string `json:"name"`
	Valid  bool   `json:"valid"`
	Parent int64  `json:"parent"` // the index of the parent that it is attached to, 0: none
}

// Families are all partitioned tables with their partitions, and the detached partitions.
type Families struct {
	Members  []Member
	Detached map[catalog.Name]catalog.Name // and whose they were
}

// ReadFamilies reads what Atlas does not see.
func ReadFamilies(ctx context.Context, conn *sql.Conn) (Families, error) {
	s, err := readStrangers(ctx, conn)
	if err != nil {
		return Families{}, err
	}
	f := Families{Detached: s.detached}
	rows, err := conn.QueryContext(ctx, familySQL)
	if err != nil {
		return f, fmt.Errorf("read partitions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var m Member
		var indexes string
		if err := rows.Scan(&m.OID, &m.Parent, &m.Kind, &m.Name.Schema, &m.Name.Table, &m.Root.Schema, &m.Root.Table, &m.Bytes, &indexes); err != nil {
			return f, fmt.Errorf("read partitions: %w", err)
		}
		if err := json.Unmarshal([]byte(indexes), &m.Indexes); err != nil {
			return f, fmt.Errorf("read indexes of %s: %w", m.Name, err)
		}
		f.Members = append(f.Members, m)
	}
	return f, rows.Err()
}

// Of are the partitions of a table, on all levels, the table itself left out.
func (f Families) Of(root catalog.Name) []Member {
	return f.where(func(m Member) bool { return m.Root == root && m.Parent != 0 })
}

// Below are the partitions directly below a member.
func (f Families) Below(oid int64) []Member {
	return f.where(func(m Member) bool { return m.Parent == oid })
}

// In are the partitions that lie in a schema, and those of tables in it.
func (f Families) In(schema string) []Member {
	return f.where(func(m Member) bool { return m.Parent != 0 && (m.Name.Schema == schema || m.Root.Schema == schema) })
}

// Named is the member of that name.
func (f Families) Named(name catalog.Name) (Member, bool) {
	for _, m := range f.Members {
		if m.Name == name {
			return m, true
		}
	}
	return Member{}, false
}

func (f Families) where(pass func(Member) bool) (some []Member) {
	for _, m := range f.Members {
		if pass(m) {
			some = append(some, m)
		}
	}
	return some
}

// Bytes is the size of all together.
func Bytes(members []Member) (sum int64) {
	for _, m := range members {
		sum += m.Bytes
	}
	return sum
}
