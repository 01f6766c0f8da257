package atlasext

import (
	"context"
	"database/sql"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
)

// Excludes are the patterns that a user of the stock `atlas schema apply` must pass to --exclude, so that it leaves alone what a
// Driver hides or repairs: exact names, each meant for itself. For a connection scoped to a schema they are without it, for one that sees the
// whole database with it; a schema in which everything is hidden is excluded as a whole.
//
// A foreign key into a partitioned table is named once for every partition. They hold at the moment: after every run that creates,
// detaches or drops, they are others. It only reads.
func Excludes(ctx context.Context, conn *sql.Conn, options DriverOptions) ([]string, error) {
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
		patterns = append(patterns, inspect.Pattern(h.Name, options.Schema != ""))
	}
	phantoms, err := inspect.Phantoms(ctx, conn, options.Schema)
	return append(patterns, phantoms...), err
}
