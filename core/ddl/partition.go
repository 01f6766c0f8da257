package ddl

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Texts of single statements. They check nothing: they stand behind a Guard, or in a transaction of the user's own, as in a migration.

// Attach attaches a table with a bound as SQL writes it: FOR VALUES FROM (...) TO (...), or DEFAULT.
func Attach(parent, partition catalog.Name, bound string) string {
	return fmt.Sprintf("ALTER TABLE %s ATTACH PARTITION %s %s", parent, partition, bound)
}

// Detach detaches a partition, under ACCESS EXCLUSIVE on the parent. It may stand in a transaction.
func Detach(parent, partition catalog.Name) string {
	return fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s", parent, partition)
}

// Drop drops a table with the partitions that are attached to it, and nothing else: detached partitions stay, and CASCADE is never used.
func Drop(table catalog.Name) string { return "DROP TABLE " + table.String() }
