package lifecycle

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Statements for those who change partitions in a transaction of their own, as a migration does. They check nothing.

// AttachSQL attaches a table with a bound as SQL writes it: FOR VALUES FROM (...) TO (...), or DEFAULT.
func AttachSQL(parent, partition catalog.Name, bound string) string {
	return fmt.Sprintf("ALTER TABLE %s ATTACH PARTITION %s %s", parent, partition, bound)
}

// DetachSQL detaches a partition, under ACCESS EXCLUSIVE on the parent. It may stand in a transaction.
func DetachSQL(parent, partition catalog.Name) string {
	return fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s", parent, partition)
}

// DropSQL drops a table with the partitions that are attached to it, and nothing else: orphans stay, and CASCADE is never used.
func DropSQL(table catalog.Name) string { return "DROP TABLE " + table.String() }
