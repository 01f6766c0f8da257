package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// lockMismatch is the finding that the version table of another migrator is there than the one whose lock is taken: then
// nothing keeps that migrator and our DDL apart. A lock by name or number, or none, was chosen by somebody who knows.
func lockMismatch(tables []catalog.Name, lock string) (lifecycle.Finding, bool) {
	lock = cmp.Or(lock, "goose")
	chosen, _, _ := strings.Cut(lock, ":")
	var others []string
	for _, table := range tables {
		migrators := migratorsOf(table)
		for _, migrator := range migrators {
			if migrator == chosen {
				return lifecycle.Finding{}, false
			}
		}
		if len(migrators) > 0 {
			others = append(others, fmt.Sprintf("%s of %s", table, migrators[0]))
		}
	}
	if len(others) == 0 || chosen == "name" || chosen == "id" || chosen == "none" {
		return lifecycle.Finding{}, false
	}
	return lifecycle.Finding{Code: "lock_mismatch", Severity: lifecycle.Warning,
		Message: fmt.Sprintf("the lock is that of %s, but the database has the version table %s", lock, strings.Join(others, " and ")),
		Remedy:  "Say in the document whose lock to take (`lock: ...`), or nothing keeps that migrator and this program apart."}, true
}

// migratorsOf are the locks that fit a version table, the usual one first.
func migratorsOf(table catalog.Name) []string {
	switch table.Table {
	case "goose_db_version":
		return []string{"goose", "goose-3.25"}
	case "atlas_schema_revisions":
		return []string{"atlas"}
	case "schema_migrations":
		return []string{"golang-migrate"}
	case "schema_version":
		return []string{"tern"}
	}
	return nil
}
