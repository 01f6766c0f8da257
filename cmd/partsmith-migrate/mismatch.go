package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// mismatch is lockMismatch for the version tables of the database.
func (w work) mismatch(ctx context.Context, conn *sql.Conn) []lifecycle.Finding {
	tables, err := catalog.Named(ctx, conn, lock.VersionTables()...)
	if err != nil {
		w.log.DebugContext(ctx, "version tables were not read", "error", err)
		return nil
	}
	return lockMismatch(tables, w.document.Lock)
}

// lockMismatch is the finding that the version table of another migrator is there than the one whose lock is taken: then
// nothing keeps that migrator and our DDL apart. A lock by name or number, or none, was chosen by somebody who knows.
func lockMismatch(tables []catalog.Name, word string) []lifecycle.Finding {
	scheme, err := lock.ParseScheme(word)
	if err != nil {
		return nil // nothing is done under it
	}
	others, fits := migratorsOf(tables, scheme)
	if len(others) == 0 || fits {
		return nil
	}
	return []lifecycle.Finding{{Code: "lock_mismatch", Severity: lifecycle.Warning,
		Message: fmt.Sprintf("the lock is that of %s, but the database has the version table %s", scheme, strings.Join(others, " and ")),
		Remedy:  "Say in the document whose lock to take (`lock: ...`), or nothing keeps that migrator and this program apart."}}
}

// migratorsOf names version tables with their migrators. The scheme fits where it is the lock of one of these, or of none that is known.
func migratorsOf(tables []catalog.Name, scheme lock.Scheme) (named []string, fits bool) {
	fits = true
	for _, m := range lock.Migrators() {
		fits = fits && !scheme.Of(m)
	}
	for _, table := range tables {
		first := true
		for _, m := range lock.Migrators() {
			if m.VersionTable != table.Table {
				continue
			}
			if fits = fits || scheme.Of(m); first {
				named, first = append(named, fmt.Sprintf("%s of %s", table, m.Name)), false
			}
		}
	}
	return named, fits
}
