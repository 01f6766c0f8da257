package atlasext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// index is an index of a table. An index lies in its table's schema.
type index struct {
	table catalog.Name
	name  string
}

// quoted is the index's name, or another of the same schema, for SQL.
func (x index) quoted(name string) string {
	return catalog.Name{Schema: x.table.Schema, Table: name}.String()
}

// aside is the name that an index which is not valid gets before it is dropped.
func aside(oid int64) string { return fmt.Sprintf("partsmith_invalid_%d", oid) }

// build sends CREATE INDEX CONCURRENTLY. Where that fails halfway, it leaves an index that is not valid but costs every
// writer; it is cleared away, and so is what an earlier attempt left.
//
// It goes by OIDs: a failure that left nothing, such as a name that is taken, must not cost another's index.
func (p *phase) build(ctx context.Context, c Change) error {
	table, err := p.table(ctx, c.builds.table)
	if err != nil {
		return err
	}
	if err := p.clear(ctx, *c.builds, table); err != nil {
		return err
	}
	_, err = p.conn.ExecContext(ctx, c.SQL)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if left := p.clear(ctx, *c.builds, table); left != nil {
		return fmt.Errorf("%w; an index that is not valid is left on table %s: %w", err, c.builds.table, left)
	}
	return err
}

// table is the OID of a table.
func (p *phase) table(ctx context.Context, name catalog.Name) (oid int64, err error) {
	const query = `select c.oid::pg_catalog.int8 from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid OPERATOR(pg_catalog.=) c.relnamespace
where n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.text and c.relname OPERATOR(pg_catalog.=) $2::pg_catalog.text`
	err = p.conn.QueryRowContext(ctx, query, name.Schema, name.Table).Scan(&oid)
	if err != nil {
		return 0, fmt.Errorf("look for table %s: %w", name, err)
	}
	return oid, nil
}

// clear drops an index that is not valid, of the table with that OID; where there is none it does nothing.
//
// DROP INDEX CONCURRENTLY goes by name and outside any transaction. So the index first gets, in a transaction, a name that is
// its own: one with its OID, which nobody else has a reason to give away.
func (p *phase) clear(ctx context.Context, x index, table int64) error {
	for {
		oid, _, err := invalid(ctx, p.conn, x, table)
		if err != nil || oid == 0 {
			return err
		}
		if err := p.setaside(ctx, x, table); err != nil {
			return err
		}
		if _, err := p.conn.ExecContext(ctx, "DROP INDEX CONCURRENTLY "+x.quoted(aside(oid))); err != nil {
			return err
		}
	}
}

// setAside renames an index that is not valid.
//
// The lock on the table stops neither readers nor writers. It makes sure that nobody builds the index at this moment, for
// CREATE INDEX CONCURRENTLY holds the same from beginning to end (14 to 18).
func (p *phase) setaside(ctx context.Context, x index, table int64) error {
	tx, err := p.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	text := fmt.Sprintf("SET LOCAL lock_timeout = %d; LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE", p.lockTimeout.Milliseconds(), x.table)
	if _, err := tx.ExecContext(ctx, text); err != nil {
		return err
	}
	oid, name, err := invalid(ctx, tx, x, table)
	if err != nil || oid == 0 || name == aside(oid) {
		return err
	}
	if _, err := tx.ExecContext(ctx, "ALTER INDEX "+x.quoted(name)+" RENAME TO "+catalog.QuoteIdent(aside(oid))); err != nil {
		return err
	}
	if err := named(ctx, tx, oid); err != nil {
		return err
	}
	return tx.Commit()
}

// querier is a session, or a transaction on it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// invalid finds the index under its own name, or under the one that an earlier attempt gave it.
func invalid(ctx context.Context, on querier, x index, table int64) (oid int64, name string, err error) {
	const query = `select i.oid::pg_catalog.int8, i.relname::pg_catalog.text
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid OPERATOR(pg_catalog.=) x.indexrelid
join pg_catalog.pg_class t on t.oid OPERATOR(pg_catalog.=) x.indrelid
join pg_catalog.pg_namespace n on n.oid OPERATOR(pg_catalog.=) t.relnamespace
where x.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.int8::pg_catalog.oid and not x.indisvalid
  and i.relkind OPERATOR(pg_catalog.=) 'i'::pg_catalog."char"
  and n.nspname OPERATOR(pg_catalog.=) $2::pg_catalog.text and t.relname OPERATOR(pg_catalog.=) $3::pg_catalog.text
  and (i.relname OPERATOR(pg_catalog.=) $4::pg_catalog.text
    or i.relname OPERATOR(pg_catalog.=) pg_catalog.concat('partsmith_invalid_', i.oid))
order by i.oid using operator(pg_catalog.<) limit 1`
	err = on.QueryRowContext(ctx, query, table, x.table.Schema, x.table.Table, x.name).Scan(&oid, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return oid, name, err
}

// named makes sure that it was this index which was renamed.
func named(ctx context.Context, tx *sql.Tx, oid int64) error {
	const query = `select exists (select from pg_catalog.pg_class c
where c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.int8::pg_catalog.oid and c.relname OPERATOR(pg_catalog.=) $2::pg_catalog.text)`
	var yes bool
	if err := tx.QueryRowContext(ctx, query, oid, aside(oid)).Scan(&yes); err != nil {
		return err
	}
	if !yes {
		return errors.New("the index was renamed by somebody else meanwhile")
	}
	return nil
}

// belongs makes sure that an index to drop is still one of its table.
func (p *phase) belongs(ctx context.Context, x index) error {
	const query = `select exists (select from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid OPERATOR(pg_catalog.=) x.indexrelid
join pg_catalog.pg_class t on t.oid OPERATOR(pg_catalog.=) x.indrelid
join pg_catalog.pg_namespace n on n.oid OPERATOR(pg_catalog.=) t.relnamespace
where n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.text and t.relname OPERATOR(pg_catalog.=) $2::pg_catalog.text
  and i.relname OPERATOR(pg_catalog.=) $3::pg_catalog.text)`
	var yes bool
	if err := p.conn.QueryRowContext(ctx, query, x.table.Schema, x.table.Table, x.name).Scan(&yes); err != nil {
		return err
	}
	if !yes {
		return fmt.Errorf("%s is not an index of table %s any more", x.quoted(x.name), x.table)
	}
	return nil
}
