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
		var n Name
		return r.Each(ctx, namedQuery, []any{ArrayOf(names)}, []any{&n.Schema, &n.Table}, func() { found = append(found, n) })
	})
	if err != nil {
		return nil, fmt.Errorf("look for tables by name: %w", err)
	}
	return found, nil
}
