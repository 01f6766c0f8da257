package inspect

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Excludes are the patterns that a user of the stock `atlas schema apply` must pass to --exclude, so that it leaves alone what a
// Driver hides or repairs: exact names, each meant for itself. For a connection scoped to a schema they are without it, for one that sees the
// whole database with it; a schema in which everything is hidden is excluded as a whole.
//
// A foreign key into a partitioned table is named once for every partition. They hold at the moment: after every run that creates,
// detaches or drops, they are others. It only reads.
func Excludes(ctx context.Context, conn *sql.Conn, options Options) ([]string, error) {
	driver, err := Open(conn, options)
	if err != nil {
		return nil, err
	}
	if options.Schema != "" {
		_, err = driver.InspectSchema(ctx, options.Schema, nil)
	} else {
		_, err = driver.InspectRealm(ctx, nil)
	}
	if err != nil {
		return nil, err
	}
	var patterns []string
	for _, h := range driver.Hidden() {
		patterns = append(patterns, pattern(h.Name, options.Schema != ""))
	}
	phantoms, err := phantoms(ctx, conn, options.Schema)
	return append(patterns, phantoms...), err
}

// phantoms are the foreign keys that stock Atlas sees once more for every partition of the table that they reference.
func phantoms(ctx context.Context, conn *sql.Conn, scope string) (patterns []string, err error) {
	const query = `select n.nspname::pg_catalog.text, c.relname::pg_catalog.text, k.conname::pg_catalog.text
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) k.conrelid and not c.relispartition
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where k.contype operator(pg_catalog.=) 'f'::pg_catalog."char" and k.conparentid operator(pg_catalog.<>) 0::pg_catalog.oid
  and ($1::pg_catalog.text operator(pg_catalog.=) '' or n.nspname operator(pg_catalog.=) $1::pg_catalog.text)
order by 1, 2, 3`
	rows, err := conn.QueryContext(ctx, query, scope)
	if err != nil {
		return nil, fmt.Errorf("read foreign keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table catalog.Name
		var key string
		if err := rows.Scan(&table.Schema, &table.Table, &key); err != nil {
			return nil, fmt.Errorf("read foreign keys: %w", err)
		}
		patterns = append(patterns, pattern(table, scope != "")+"."+literal(key)+"[type=fk]")
	}
	return patterns, rows.Err()
}
