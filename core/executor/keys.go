package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// takeTables takes the key of every table that is due, and plans these again, now that nobody else works on them. One that was
// made anew in the meantime has another key.
func (r *run) takeTables(ctx context.Context) error {
	tables := r.dueTables()
	for range mostMoves {
		taken, err := r.takeFree(ctx, tables)
		if tables = nil; err != nil || len(taken) == 0 {
			return err
		}
		if r.unchanged(ctx) {
			return nil
		}
		if err := r.plan(ctx, r.lead, taken); err != nil {
			return r.lead.check(ctx, err)
		}
		if tables = r.moved(ctx, r.lead, taken); len(tables) == 0 {
			return nil
		}
	}
	for _, t := range tables {
		t.stop(r, &OperationError{Table: t.plan.Table, Reason: Changed, Cause: errors.New("it is made anew again and again")})
	}
	return nil
}

// mostMoves is how often a table may be made anew while a run begins.
const mostMoves = 3

// takeFree takes the keys of tables, all at once, and gives those whose key was free.
func (r *run) takeFree(ctx context.Context, tables []*table) (taken []*table, err error) {
	taken, others, err := r.tryKeys(ctx, r.lead, tables)
	if err != nil {
		for _, t := range tables {
			t.stop(r, r.lead.check(ctx, fmt.Errorf("take the key of %s: %w", t.plan.Table, err)))
		}
		return nil, r.lead.lost()
	}
	return taken, r.leaveTo(ctx, others)
}

// tryKeys takes the keys of tables on a session, all at once. It gives those whose key was free, and those on which another run works that
// they can be left to. A table whose key cannot be had otherwise is stopped.
func (r *run) tryKeys(ctx context.Context, s *worker, tables []*table) (taken []*table, others []elsewhere, err error) {
	oids := make([]uint32, len(tables))
	for i, t := range tables {
		oids[i] = t.plan.OID
	}
	began := time.Now()
	leases, held, err := lock.TryTables(ctx, s.Conn(), oids)
	if err != nil {
		return nil, nil, err
	}
	for i, t := range tables {
		t.wait += time.Since(began)
		if held[i] == nil {
			t.key, t.keyed = leases[i], t.plan.OID
			taken = append(taken, t)
			continue
		}
		err := fmt.Errorf("take the key of %s: %w", t.plan.Table, held[i])
		if r.another(err) {
			others = append(others, elsewhere{t, err})
		} else {
			t.stop(r, err)
		}
	}
	return taken, others, nil
}

// unchanged reports whether nothing at all has been committed in the database cluster since all tables were read, before the keys
// were had: then what was planned is what would be planned now.
func (r *run) unchanged(ctx context.Context) bool {
	if r.seen == "" {
		return false
	}
	var now string
	const query = "select pg_catalog.pg_current_snapshot()::pg_catalog.text"
	return r.lead.Conn().QueryRowContext(ctx, query).Scan(&now) == nil && now == r.seen
}

// moved are the tables whose plan is for another OID than the one whose key was taken. They give that key back.
func (r *run) moved(ctx context.Context, s *worker, tables []*table) []*table {
	var moved []*table
	for _, t := range tables {
		if t.plan.OID != t.keyed {
			t.giveBack(ctx, r, s)
			if t.due() {
				moved = append(moved, t)
			}
		}
	}
	return moved
}

// giveBack releases the keys of tables, in one message.
func (r *run) giveBack(ctx context.Context, s *worker, tables []*table) {
	var leases []lock.Lease
	for _, t := range tables {
		if t.key != nil {
			leases, t.key = append(leases, t.key), nil
		}
	}
	if len(leases) > 0 {
		s.release(ctx, r, leases...)
	}
}

// idleMost is how many tables that need nothing more wait for giving their keys back together. Every look at the locks reads all
// that there are.
const idleMost = 64

// create carries out creation for every table that could be taken, and gives back the keys of those that need nothing more.
func (r *run) create(ctx context.Context) {
	var tables []*table
	for _, t := range r.creatingOrder() {
		if t.key != nil {
			tables = append(tables, t)
		}
	}
	r.createAtOnce(ctx, tables)
	var idle []*table
	r.phase(ctx, r.lead, tables, false, func(t *table) {
		if t.dueIn(true) {
			return
		}
		if idle = append(idle, t); len(idle) == idleMost {
			r.giveBack(ctx, r.lead, idle)
			idle = nil
		}
	})
	r.giveBack(ctx, r.lead, idle)
}
