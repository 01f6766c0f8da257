package catalog

import (
	"context"
	_ "embed" // own.sql
)

//go:embed own.sql
var ownQuery string

// own finds out what a partition has of its own, and how many of the parent's others have the like. The others are only looked at where
// there is something to compare.
func (a asker) own(ctx context.Context, ask Ask) (Answer, error) {
	p, parent := a.table.partition(ask.Relation)
	if p == nil {
		return Answer{}, unaskableError{"the table is not among those that were read"}
	}
	leaves := parent.leaves()
	found, err := a.ownOf(ctx, []uint32{p.OID}, parent.OID, p.OID)
	if err == nil && len(found) > 0 && len(leaves) > 1 {
		found, err = a.ownOf(ctx, leaves, parent.OID, p.OID)
	}
	if err != nil {
		return Answer{}, err
	}
	p.Own = found
	return Answer{Known: true, Yes: len(found) > 0, Count: int64(len(leaves))}, nil
}

// leaves are the attached partitions that are ordinary tables, DEFAULT left out.
func (t *Table) leaves() (leaves []uint32) {
	for _, p := range t.Partitions {
		if p.Leaf() {
			leaves = append(leaves, p.OID)
		}
	}
	return leaves
}

// Leaf reports whether new partitions are to be like this one: an attached ordinary table, and not DEFAULT.
func (p *Partition) Leaf() bool { return p.State == Attached && p.Kind == "r" && !p.Bound.Default }

func (a asker) ownOf(ctx context.Context, leaves []uint32, parent, asked uint32) (found []Own, err error) {
	parents := make([]uint32, len(leaves))
	for i := range parents {
		parents[i] = parent
	}
	rows, err := a.tx.QueryContext(ctx, ownQuery, arrayOf(leaves), arrayOf(parents), arrayOf([]uint32{asked}))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var o Own
		var of int64
		if err := rows.Scan(&of, &o.Kind, &o.Name, &o.Head, &o.Def, &o.State, &o.Space, &o.Columns, &o.Keyed, &o.Partitions); err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, rows.Err()
}
