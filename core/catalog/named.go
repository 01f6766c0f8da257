package catalog

import (
	"context"
	"database/sql"
	_ "embed" // named.sql
	"fmt"
)

//go:embed named.sql
var namedQuery string

// Named finds the tables that have one of these names, in whatever schema they are. It reads the catalog alone, by Reading.
func Named(ctx context.Context, conn *sql.Conn, names ...string) (found []Name, err error) {
	err = Reading(ctx, conn, func(r *Reader) error {
		rows, err := r.QueryContext(ctx, namedQuery, arrayOf(names))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var n Name
			if err := rows.Scan(&n.Schema, &n.Table); err != nil {
				return err
			}
			found = append(found, n)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("look for tables by name: %w", err)
	}
	return found, nil
}
