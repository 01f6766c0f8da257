package catalog

import (
	"cmp"
	"context"
	_ "embed" // own.sql, owning.sql
	"maps"
	"slices"
)

//go:embed own.sql
var ownQuery string

//go:embed owning.sql
var owningQuery string

// own finds out what a partition has of its own, and how many of the parent's others have the like.
func (a asker) own(ctx context.Context, o open) (Answer, error) {
	p, parent := o.table.partition(o.ask.Relation)
	if p == nil {
		return Answer{}, unaskableError{"the table is not among those that were read"}
	}
	if err := a.tx.look(ctx); err != nil {
		return Answer{}, err
	}
	if answer, nothing := a.ownNothing(o); nothing {
		return answer, nil
	}
	leaves := compared(parent.leaves(), p.OID)
	found, err := a.ownOf(ctx, leaves, parent.OID, p.OID)
	p.Own = found
	return Answer{Known: err == nil, Yes: len(found) > 0, Count: int64(len(leaves))}, err
}

// ownNothing answers without a question to the database where it is known that not all partitions can have something of their own: the
// one that was made last has nothing.
func (a asker) ownNothing(o open) (Answer, bool) {
	if o.ask.Kind != AskOwn {
		return Answer{}, false
	}
	p, parent := o.table.partition(o.ask.Relation)
	if p == nil {
		return Answer{}, false
	}
	owning, looked := a.tx.owning[parent.OID]
	return Answer{Known: true, Count: int64(len(compared(parent.leaves(), p.OID)))}, looked && !owning
}

// mostCompared is how many partitions are compared: to print what 2,000 have took 0.3 s on a busy machine (PostgreSQL 18).
const mostCompared = 500

// compared are the partitions to compare with one of them: all, or those that were made last.
func compared(leaves []uint32, with uint32) []uint32 {
	if len(leaves) <= mostCompared {
		return leaves
	}
	slices.SortFunc(leaves, func(a, b uint32) int { return cmp.Compare(b, a) })
	return append(slices.DeleteFunc(leaves, func(leaf uint32) bool { return leaf == with })[:mostCompared-1], with)
}

// look finds out, for all tables that were read since it last looked, whether the partition that was made last has anything of its
// own. Mostly it has not, and one question for all tables is enough.
func (r *Reader) look(ctx context.Context) error {
	if len(r.latest.parents) == 0 {
		return nil
	}
	rows, err := r.QueryContext(ctx, owningQuery, arrayOf(r.latest.leaves), arrayOf(r.latest.parents))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	owning := map[uint32]bool{}
	maps.Copy(owning, r.owning)
	for _, parent := range r.latest.parents {
		owning[parent] = false
	}
	for rows.Next() {
		var parent int64
		if err := rows.Scan(&parent); err != nil {
			return err
		}
		owning[uint32(parent)] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	r.owning, r.latest = owning, latest{}
	return nil
}

// latest is of every table the partition that was made last, as OIDs tell it.
type latest struct{ leaves, parents []uint32 }

func (l *latest) add(t *Table) {
	last := uint32(0)
	for _, leaf := range t.leaves() {
		last = max(last, leaf)
	}
	if last != 0 {
		l.leaves, l.parents = append(l.leaves, last), append(l.parents, t.OID)
	}
}

// leaves are the attached partitions that are ordinary tables, DEFAULT left out.
func (t *Table) leaves() (leaves []uint32) {
	for i := range t.Partitions {
		if p := &t.Partitions[i]; p.Leaf() {
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
		if err := rows.Scan(&of, &o.Kind, &o.Name, &o.Head, &o.Def, &o.State, &o.Space, &o.Keyed, &o.Partitions); err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, rows.Err()
}
