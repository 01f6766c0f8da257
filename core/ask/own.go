package ask

import (
	"cmp"
	"context"
	_ "embed" // own.sql, owning.sql
	"iter"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed own.sql
var ownQuery string

//go:embed owning.sql
var owningQuery string

// own finds out what a partition has of its own, and how many of the parent's others have the like.
func (a asker) own(ctx context.Context, o open) (catalog.Answer, error) {
	if p, _ := partitionOf(o.table, o.ask.Relation); p == nil {
		return catalog.Answer{}, unaskableError{"the table is not among those that were read"}
	}
	left, err := a.ownLook(ctx, []open{o})
	if err == nil {
		_, err = a.ownTogether(ctx, left)
	}
	return o.table.Answers[o.ask], err
}

// ownLook answers where one question about all tables is enough.
func (a asker) ownLook(ctx context.Context, some []open) (left []open, err error) {
	if err := a.look(ctx, some); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(some), a.ownNothing), nil
}

// ownNothing answers where it is known that not all partitions can have something of their own: the one that was made last has nothing.
// It reports whether that is so.
func (a asker) ownNothing(o open) bool {
	p, parent := partitionOf(o.table, o.ask.Relation)
	if p == nil {
		return false
	}
	owning, looked := a.owning[parent.OID]
	if nothing := looked && !owning; !nothing {
		return false
	}
	o.table.Answers[o.ask] = catalog.Answer{Known: true, Count: int64(len(compared(leavesOf(parent), p.OID)))}
	return true
}

// ownTogether looks closely at the partitions of some tables.
func (a asker) ownTogether(ctx context.Context, some []open) (left []open, err error) {
	asked := map[uint32]*catalog.Partition{} // by the OID of the parent
	var leaves, parents, relations []uint32
	for _, o := range some {
		p, parent := partitionOf(o.table, o.ask.Relation)
		if p == nil || asked[parent.OID] != nil {
			left = append(left, o)
			continue
		}
		all := compared(leavesOf(parent), p.OID)
		asked[parent.OID], p.Own, relations = p, nil, append(relations, p.OID)
		leaves, parents = append(leaves, all...), append(parents, slices.Repeat([]uint32{parent.OID}, len(all))...)
		o.table.Answers[o.ask] = catalog.Answer{Known: true, Count: int64(len(all))}
	}
	began := time.Now()
	if err := a.ownOf(ctx, leaves, parents, relations, asked); err != nil {
		return nil, err
	}
	for _, o := range some {
		if p, _ := partitionOf(o.table, o.ask.Relation); p != nil {
			answer := o.table.Answers[o.ask]
			answer.Yes, answer.Took = len(p.Own) > 0, time.Since(began)
			o.table.Answers[o.ask] = answer
		}
	}
	return left, nil
}

// ownParts are questions whose tables have together no more partitions than are compared of one.
func ownParts(some []open) iter.Seq[[]open] {
	return func(yield func([]open) bool) {
		first, many := 0, 0
		for i, o := range some {
			leaves := 0
			if _, parent := partitionOf(o.table, o.ask.Relation); parent != nil {
				leaves = min(len(leavesOf(parent)), mostCompared)
			}
			if many+leaves > mostCompared && i > first {
				if !yield(some[first:i]) {
					return
				}
				first, many = i, 0
			}
			many += leaves
		}
		if first < len(some) {
			yield(some[first:])
		}
	}
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

// look finds out, for the tables that are asked about, whether the partition that was made last has anything of its own. Mostly it has
// not, and one question for all tables is enough.
func (a asker) look(ctx context.Context, some []open) error {
	var last, parents []uint32
	for _, o := range some {
		_, parent := partitionOf(o.table, o.ask.Relation)
		if parent == nil {
			continue
		}
		if _, known := a.owning[parent.OID]; known {
			continue
		}
		if leaves := leavesOf(parent); len(leaves) > 0 {
			last, parents = append(last, slices.Max(leaves)), append(parents, parent.OID)
		}
	}
	if len(parents) == 0 {
		return nil
	}
	var parent int64
	var owning []uint32
	err := a.tx.Each(ctx, owningQuery, []any{catalog.ArrayOf(last), catalog.ArrayOf(parents)}, []any{&parent}, func() { owning = append(owning, uint32(parent)) })
	if err != nil {
		return err // then nothing is known of any
	}
	for _, oid := range parents {
		a.owning[oid] = slices.Contains(owning, oid)
	}
	return nil
}

// leaves are the attached partitions that are ordinary tables, DEFAULT left out.
func leavesOf(t *catalog.Table) (leaves []uint32) {
	for i := range t.Partitions {
		if p := &t.Partitions[i]; p.Leaf() {
			leaves = append(leaves, p.OID)
		}
	}
	return leaves
}

// ownOf puts what partitions have of their own into those that are asked about, by the OID of the parent.
func (a asker) ownOf(ctx context.Context, leaves, parents, relations []uint32, asked map[uint32]*catalog.Partition) error {
	if len(relations) == 0 {
		return nil
	}
	var o catalog.Own
	var of int64
	return a.tx.Each(ctx, ownQuery, []any{catalog.ArrayOf(leaves), catalog.ArrayOf(parents), catalog.ArrayOf(relations)},
		[]any{&of, &o.Kind, &o.Name, &o.Head, &o.Def, &o.State, &o.Space, &o.Keyed, &o.Partitions}, func() {
			p := asked[uint32(of)]
			p.Own = append(p.Own, o)
		})
}
