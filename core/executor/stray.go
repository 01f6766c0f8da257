package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// StrayError says that a concurrent detach, which goes by name, hit another partition than it was meant for: the name had
// become that one's while the detach waited. What was hit has been attached again, unless Lost says why not.
type StrayError struct {
	OperationError
	Hit  catalog.Name // the partition that was hit
	SQL  string       // what attaches it again
	Lost error        // why that failed; nil: it is attached
}

func (e *StrayError) Error() string {
	if e.Lost == nil {
		return e.say(fmt.Sprintf("its name had become that of %s, which was detached instead and has been attached again", e.Hit))
	}
	return e.say(fmt.Sprintf("its name had become that of %s, WHICH IS DETACHED AND COULD NOT BE ATTACHED AGAIN: %v; attach it at once by: %s", e.Hit, e.Lost, e.SQL))
}

// straysSQL finds which of some tables are not attached to a parent, and what they are called now.
const straysSQL = `select c.oid::pg_catalog.int8, n.nspname, c.relname, c.relispartition
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where c.oid operator(pg_catalog.=) any ($1::pg_catalog.oid[]) and not exists (select from pg_catalog.pg_inherits i
  where i.inhrelid operator(pg_catalog.=) c.oid and i.inhparent operator(pg_catalog.=) $2::pg_catalog.int8::pg_catalog.oid and not i.inhdetachpending)
order by n.nspname operator(pg_catalog.=) $3 and c.relname operator(pg_catalog.=) $4 desc`

// stray is a leaf that is not attached any more.
type stray struct {
	planner.Leaf
	name    catalog.Name
	pending bool
}

// strays are those of a table, one that has the name of the operation's partition first.
func (t *table) strays(ctx context.Context, s *worker, op lifecycle.Operation) ([]stray, error) {
	known, oids := map[int64]planner.Leaf{}, []string{}
	for _, l := range t.leaves {
		if l.OID != op.OID {
			known[int64(l.OID)] = l
			oids = append(oids, fmt.Sprint(l.OID))
		}
	}
	rows, err := s.Conn().QueryContext(ctx, straysSQL, "{"+strings.Join(oids, ",")+"}", int64(op.ParentOID), op.Partition.Schema, op.Partition.Table)
	if err != nil {
		return nil, fmt.Errorf("look for what was detached: %w", err)
	}
	defer rows.Close()
	var found []stray
	for rows.Next() {
		var oid int64
		var one stray
		if err := rows.Scan(&oid, &one.name.Schema, &one.name.Table, &one.pending); err != nil {
			return nil, fmt.Errorf("look for what was detached: %w", err)
		}
		one.Leaf = known[oid]
		found = append(found, one)
	}
	return found, rows.Err()
}

// putBack attaches at once what a detach has hit instead of the partition that it was meant for; nil: it hit nothing. done tells
// whether the detach said that it was done: then it has hit something, whatever its name is by now.
func (r *run) putBack(ctx context.Context, s *worker, t *table, step lifecycle.Step, op lifecycle.Operation, done bool) error {
	strays, err := t.strays(ctx, s, op)
	if err != nil {
		return err
	}
	for _, one := range strays {
		if one.name == op.Partition || done && len(strays) == 1 {
			return r.attachStray(ctx, s, t, step, op, one)
		}
	}
	if done {
		return &StrayError{OperationError: outcome{}.site(t, op, errors.New("the detach was done, and the partition is still attached"))}
	}
	return nil
}

// attachStray ends the detach of the wrong partition where it pends, and attaches it with the bound that it had.
func (r *run) attachStray(ctx context.Context, s *worker, t *table, step lifecycle.Step, op lifecycle.Operation, one stray) error {
	attach := ddl.Statement{SQL: ddl.Attach(op.Parent, one.name, one.Bound), Holds: true}
	back := lifecycle.Step{Climbs: true, Retires: true, Statements: ddl.Compact(
		ddl.AsRole(step.Role).Held(),
		ddl.Lock(one.name, ddl.AccessExclusive),
		ddl.Guard(one.name, one.OID, ddl.NotAttached()),
		attach,
		ddl.Guard(one.name, one.OID, ddl.AttachedTo(op.ParentOID)),
	)}
	e := &StrayError{OperationError: outcome{}.site(t, op, nil), Hit: one.name, SQL: attach.SQL}
	if one.pending {
		finalize := ddl.Statement{SQL: ddl.Detach(op.Parent, one.name) + " FINALIZE", Holds: true}
		e.Lost = r.try(ctx, s, t, lifecycle.Step{Unqueued: step.Unqueued, Climbs: step.Climbs, Watched: step.Watched, Retires: true,
			Statements: ddl.Compact(ddl.AsRole(step.Role).Held(), finalize, ddl.Guard(one.name, one.OID, ddl.NotAttached()))}).err
	}
	if e.Lost == nil {
		e.Lost = r.try(ctx, s, t, back).err
	}
	return e
}
