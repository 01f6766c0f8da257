package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Tables that a document governs may reference each other. What references goes before what is referenced, whatever their order
// in the document, for rows cannot go while others point at them; and it is made after, so that its rows find theirs.

// References are, for each table, the others whose rows its foreign keys point at, by index.
func References(tables []catalog.Table) [][]int {
	owner := map[uint32]int{}
	for i, t := range tables {
		if t.OID == 0 {
			continue
		}
		owner[t.OID] = i
		for _, p := range t.Partitions {
			owner[p.OID] = i
		}
	}
	points := make([][]int, len(tables))
	for i, t := range tables {
		for _, k := range t.ForeignKeys {
			if j, governed := owner[k.OtherOID]; k.Out && governed && j != i && !slices.Contains(points[i], j) {
				points[i] = append(points[i], j)
			}
		}
	}
	return points
}

// RetiringOrder puts every table after those that reference it, and else leaves the order as it is. Of a ring, where no order
// is right, it tells the members.
func RetiringOrder(points [][]int) (order, ring []int) {
	placed := make([]bool, len(points))
	free := func(i int) bool {
		for j, others := range points {
			if !placed[j] && slices.Contains(others, i) {
				return false
			}
		}
		return !placed[i]
	}
	for range points {
		i := slices.IndexFunc(slices.Collect(indices(points)), free)
		if i < 0 {
			i = slices.Index(placed, false)
			ring = append(ring, i)
		}
		placed[i] = true
		order = append(order, i)
	}
	return order, ring
}

func indices[T any](list []T) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range list {
			if !yield(i) {
				return
			}
		}
	}
}

// Reconcile says of plans, which are made for each table alone, what is different for them together. Tables and plans are those of
// the same tasks, in the same order.
func Reconcile(tables []catalog.Table, plans []Plan) {
	points := References(tables)
	_, ring := RetiringOrder(points)
	for _, i := range ring {
		plans[i].Findings = append(plans[i].Findings, Finding{Code: "reference_ring", Severity: Warning,
			Message: fmt.Sprintf("%s references other tables of the document and is, by way of them, referenced itself: there is no order in which their old rows could go", plans[i].Table),
			Remedy:  "Leave one of them without `keep`, or drop one of the foreign keys."})
	}
	for i := range plans {
		for j := range plans {
			if slices.Contains(points[j], i) && plans[j].drops() {
				plans[i].expect(plans[j].Table, tables[j])
			}
		}
	}
}

// drops tells whether rows go by this plan.
func (p Plan) drops() bool {
	return slices.ContainsFunc(p.Operations(), func(op Operation) bool { return op.Kind == Drop })
}

// expect turns the errors about rows of another table, which goes first and takes rows with it, into what they are before that is
// done: a run looks again then.
func (p *Plan) expect(table catalog.Name, other catalog.Table) {
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Code != "referenced" || f.by == 0 || !isOf(other, f.by) {
			continue
		}
		f.Severity = Warning
		f.Message = strings.Replace(f.Message, "cannot be detached", "cannot be detached yet", 1)
		f.Remedy = fmt.Sprintf("Partitions of %s are dropped before; a run then looks again.", table)
	}
}

// isOf tells whether an OID is that of a table or of a partition of it.
func isOf(table catalog.Table, oid uint32) bool {
	return table.OID == oid || slices.ContainsFunc(table.Partitions, func(p catalog.Partition) bool { return p.OID == oid })
}
