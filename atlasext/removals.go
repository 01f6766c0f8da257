package atlasext

import (
	"fmt"
	"strings"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// guardDrops looks at what the difference would drop.
func (r *run) guardDrops(v *view) {
	for _, c := range v.changes {
		switch c := c.(type) {
		case *schema.DropTable:
			if keyOf(c.T) != nil {
				r.guardDrop(v, c.T)
			}
		case *schema.DropSchema:
			r.guardDropSchema(v, c.S.Name)
		}
	}
	r.guardEmpty(v)
}

// guardEmpty looks at how many tables are left: a desired state that has few of them is more likely one that was not found. The drop
// of a partitioned one is guarded by itself.
func (r *run) guardEmpty(v *view) {
	all, declared, dropped := tables(v.current), tables(v.desired), 0
	for _, c := range v.changes {
		switch c := c.(type) {
		case *schema.DropTable:
			dropped += plain(c.T)
		case *schema.DropSchema:
			dropped += plain(c.S.Tables...)
		}
	}
	switch {
	case dropped == 0 || declared > 0 && 2*dropped <= all:
	case dropped == all:
		r.refuse(v, Empty, catalog.Name{}, "all tables (%d) would be dropped", all)
	default:
		r.refuse(v, Empty, catalog.Name{}, "%d of %d tables would be dropped", dropped, all)
	}
}

func tables(realm *schema.Realm) (count int) {
	for _, ns := range realm.Schemas {
		count += len(ns.Tables)
	}
	return count
}

// plain counts tables that are not partitioned.
func plain(tables ...*schema.Table) (count int) {
	for _, t := range tables {
		if keyOf(t) == nil {
			count++
		}
	}
	return count
}

func (r *run) guardDrop(v *view, t *schema.Table) {
	name := nameOf(t)
	partitions := v.families.Of(name)
	if successor := alike(v.changes, t); successor != nil {
		r.refuse(v, DropRenamed, name, "partitioned table %s would be dropped with %s, and %s made, which looks like a rename; rename it by ALTER TABLE in a migration",
			name, amount(partitions), nameOf(successor))
		return
	}
	r.refuse(v, DropPartitioned, name, "partitioned table %s is not declared and would be dropped with %s", name, amount(partitions))
}

// alike is a partitioned table that is created and has most columns of one that is dropped.
func alike(changes []schema.Change, dropped *schema.Table) *schema.Table {
	for _, c := range changes {
		add, ok := c.(*schema.AddTable)
		if !ok || keyOf(add.T) == nil {
			continue
		}
		same := 0
		for _, col := range dropped.Columns {
			if other, ok := add.T.Column(col.Name); ok && column(other).Type == column(col).Type {
				same++
			}
		}
		if 2*same > max(len(dropped.Columns), len(add.T.Columns)) {
			return add.T
		}
	}
	return nil
}

// guardDropSchema looks at what a schema holds beside what the difference sees: DROP SCHEMA takes it all along.
func (r *run) guardDropSchema(v *view, ns string) {
	partitions, detached, hidden := v.families.In(ns), 0, 0
	for _, h := range v.driver.Hidden() {
		if _, known := v.families.Detached[h.Name]; !known && h.Name.Schema == ns && h.Name.Table != "" {
			hidden++
		}
	}
	for name, parent := range v.families.Detached {
		if name.Schema == ns || parent.Schema == ns {
			detached++
		}
	}
	var holds []string
	if len(partitions) > 0 {
		holds = append(holds, amount(partitions))
	}
	if detached > 0 {
		holds = append(holds, human.Plural(detached, "detached partition"))
	}
	if hidden > 0 {
		holds = append(holds, human.Count(hidden, "table that is", "tables that are")+" otherwise left alone")
	}
	if len(holds) > 0 {
		r.refuse(v, DropSchema, catalog.Name{Schema: ns}, "schema %s is not declared and would be dropped with %s", catalog.QuoteIdent(ns), strings.Join(holds, " and "))
	}
}

// amount says how many partitions there are and how large they are together.
func amount(partitions []inspect.Member) string {
	leaves := 0
	for _, m := range partitions {
		if m.Kind != "p" {
			leaves++
		}
	}
	return fmt.Sprintf("%s (about %s)", human.Plural(leaves, "partition"), human.Bytes(inspect.Bytes(partitions)))
}
