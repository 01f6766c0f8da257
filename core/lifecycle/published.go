package lifecycle

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// published reports publications that new partitions are not in, and those that publish them under their own names.
func (m *maker) published(created int) {
	if created == 0 {
		return
	}
	for _, p := range m.table.Publications {
		if p.Whole {
			m.publishedByLeaf(p)
			continue
		}
		m.find(Finding{Code: "published", Severity: Warning,
			Message: fmt.Sprintf("publication %s names %d partitions of %s one by one, so new ones are not published", catalog.QuoteIdent(p.Name), p.Partitions, m.table.Name),
			Remedy:  "Publish the partitioned table itself.",
			SQL:     fmt.Sprintf("ALTER PUBLICATION %s ADD TABLE %s", catalog.QuoteIdent(p.Name), m.table.Name)})
	}
}

// publishedByLeaf reports a publication without publish_via_partition_root: a subscriber stops at the first row of a
// partition for which it has no table of that name (PostgreSQL 14 to 18).
func (m *maker) publishedByLeaf(p catalog.Publication) {
	name := catalog.QuoteIdent(p.Name)
	f := Finding{Code: "published", Severity: Warning,
		Message: fmt.Sprintf("publication %s publishes rows of %s under the names of its partitions: a subscriber that has no table of a new partition's name stops at its first row", name, m.table.Name),
		Remedy: "Make each new partition on the subscriber first, as this tool does there with the same policy; or let the publication publish by the root: " +
			"rows then arrive for the partitioned table, which the subscriber must have under that name, and each subscription needs ALTER SUBSCRIPTION ... REFRESH PUBLICATION, with copy_data = false where it has the rows already.",
		SQL: fmt.Sprintf("ALTER PUBLICATION %s SET (publish_via_partition_root = true)", name)}
	if !p.Root {
		f.SQL = fmt.Sprintf("ALTER PUBLICATION %s ADD TABLE %s;\n%s", name, m.table.Name, f.SQL)
	}
	m.find(f)
}
