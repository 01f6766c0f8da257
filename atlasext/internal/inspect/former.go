package inspect

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed former.sql
var formerSQL string

// Former is a table that was a partition once, as far as can be seen.
type Former struct {
	Name   catalog.Name
	Parent catalog.Name // whose partition it was, empty where only a marker tells that it was one
	How    string       // a clause: what shows it
}

// Why is a clause that says why it is left alone.
func (f Former) Why() string {
	if f.Parent.Table == "" {
		return "it was a partition: " + f.How
	}
	return fmt.Sprintf("it seems to have been a partition of %s: %s", f.Parent, f.How)
}

// readFormer finds each once.
func readFormer(ctx context.Context, conn *sql.Conn) (map[catalog.Name]Former, error) {
	rows, err := conn.QueryContext(ctx, formerSQL)
	if err != nil {
		return nil, fmt.Errorf("read former partitions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[catalog.Name]Former{}
	for rows.Next() {
		var f Former
		if err := rows.Scan(&f.Name.Schema, &f.Name.Table, &f.Parent.Schema, &f.Parent.Table, &f.How); err != nil {
			return nil, fmt.Errorf("read former partitions: %w", err)
		}
		if _, known := all[f.Name]; !known {
			all[f.Name] = f
		}
	}
	return all, rows.Err()
}
