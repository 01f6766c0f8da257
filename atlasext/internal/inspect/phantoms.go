package inspect

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Phantoms are patterns for the foreign keys that stock Atlas sees once more for every partition of the table that they reference.
func Phantoms(ctx context.Context, conn *sql.Conn, scope string) (patterns []string, err error) {
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
		patterns = append(patterns, Pattern(table, scope != "")+"."+literal(key)+"[type=fk]")
	}
	return patterns, rows.Err()
}
