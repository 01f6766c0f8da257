package inspect

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed strangers.sql
var strangersSQL string

// strangers are relations that exist for another reason than that somebody declared them.
type strangers struct {
	detached   map[catalog.Name]catalog.Name // detached partitions, and whose they were
	former     map[catalog.Name]Former       // tables that were partitions, by other signs
	partitions map[string]int                // schema: attached partitions in it
}

func readStrangers(ctx context.Context, conn *sql.Conn) (strangers, error) {
	s := strangers{detached: map[catalog.Name]catalog.Name{}, partitions: map[string]int{}}
	var err error
	if s.former, err = readFormer(ctx, conn); err != nil {
		return s, err
	}
	rows, err := conn.QueryContext(ctx, strangersSQL)
	if err != nil {
		return s, fmt.Errorf("read attached and detached partitions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var ns, name, comment string
		var count int
		if err := rows.Scan(&ns, &name, &comment, &count); err != nil {
			return s, fmt.Errorf("read attached and detached partitions: %w", err)
		}
		if name == "" {
			s.partitions[ns] = count
		} else if marker, _ := catalog.ParseMarker(comment); marker != nil {
			s.detached[catalog.Name{Schema: ns, Table: name}] = marker.Parent
		}
	}
	return s, rows.Err()
}
