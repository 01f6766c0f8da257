package executor

import (
	"context"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// retiringOrder are the tables of the run, each after those that reference it.
func (r *run) retiringOrder() []*table { return r.inOrder(r.points) }

// creatingOrder are the tables of the run, each after those that it references.
func (r *run) creatingOrder() []*table {
	back := make([][]int, len(r.points))
	for i, others := range r.points {
		for _, j := range others {
			back[j] = append(back[j], i)
		}
	}
	return r.inOrder(back)
}

func (r *run) inOrder(points [][]int) []*table {
	order, _ := lifecycle.RetiringOrder(points)
	if len(order) != len(r.tables) {
		return r.tables // not known
	}
	tables := make([]*table, len(order))
	for i, n := range order {
		tables[i] = r.tables[n]
	}
	return tables
}

// connected reports whether a foreign key connects a table with another one of the run.
func (r *run) connected(t *table) bool {
	i := slices.Index(r.tables, t)
	for j, others := range r.points {
		if j == i && len(others) > 0 || slices.Contains(others, i) {
			return true
		}
	}
	return false
}

// renew plans a table once more if rows kept some of it from going, and such rows have gone in this run.
func (r *run) renew(ctx context.Context, s *worker, t *table) {
	if !r.freed(t) || s.Lost() != nil || ctx.Err() != nil || t.broken() != nil {
		return
	}
	if t.key == nil {
		if err := t.take(ctx, s.Conn()); err != nil {
			t.stop(r, s.check(ctx, err))
			return
		}
	}
	if err := r.plan(ctx, s, []*table{t}); err != nil {
		t.stop(r, s.check(ctx, err))
	}
}

// freed reports whether a table that references this one has lost rows in this run, and such rows stood in the way.
func (r *run) freed(t *table) bool {
	referenced := slices.ContainsFunc(t.plan.Findings, func(f lifecycle.Finding) bool { return f.Code == "referenced" })
	i := slices.Index(r.tables, t)
	for j, others := range r.points {
		if referenced && slices.Contains(others, i) && Count(Result{Done: r.tables[j].done}).Dropped > 0 {
			return true
		}
	}
	return false
}
