package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Tables that a document governs may reference each other. What references goes before what is referenced, whatever their order
// in the document, for rows cannot go while others point at them; and it is made after, so that its rows find theirs.

// Links are the foreign keys between some tables, gathered table by table. The zero value has none.
type Links struct {
	tables int
	owner  map[uint32]int // whose an OID is: a table's by itself, or that of a partition, by the index of the table
	keys   []link
	inside [][2]int // tables that are partitions of others among them
}

// link is one end of a foreign key that stands on a table, or points at it.
type link struct {
	table int
	other uint32 // the OID at the other end
	out   bool
}

// Add takes the next table in.
func (l *Links) Add(table catalog.Table) {
	i := l.tables
	l.tables++
	if table.OID == 0 {
		return
	}
	if l.owner == nil {
		l.owner = map[uint32]int{}
	}
	l.own(table, i)
	for _, k := range table.ForeignKeys {
		l.keys = append(l.keys, link{i, k.OtherOID, k.Out})
	}
}

// own notes whose a table and all below it are.
func (l *Links) own(table catalog.Table, i int) {
	if j, twice := l.owner[table.OID]; twice && j != i {
		l.inside = append(l.inside, [2]int{i, j})
	}
	l.owner[table.OID] = i
	for _, p := range table.Partitions {
		if j, twice := l.owner[p.OID]; twice && j != i {
			l.inside = append(l.inside, [2]int{i, j})
		}
		l.owner[p.OID] = i
		if p.Inner != nil {
			l.own(*p.Inner, i)
		}
	}
}

// Lanes give every table a number. Tables of different numbers share no foreign key, neither with each other nor through a table
// that both reference or that references both, so that work on one keeps nobody waiting who works on the other.
func (l Links) Lanes() []int {
	lanes := make([]int, l.tables)
	for i := range lanes {
		lanes[i] = i
	}
	lane := func(i int) int {
		for lanes[i] != i {
			lanes[i] = lanes[lanes[i]]
			i = lanes[i]
		}
		return i
	}
	strangers := map[uint32]int{} // tables that are not among these, by the first that has a key with each
	for _, k := range l.keys {
		i, known := l.owner[k.other]
		if !known {
			if i, known = strangers[k.other]; !known {
				i, strangers[k.other] = k.table, k.table
			}
		}
		lanes[lane(k.table)] = lane(i)
	}
	for _, pair := range l.inside {
		lanes[lane(pair[0])] = lane(pair[1])
	}
	for i := range lanes {
		lanes[i] = lane(i)
	}
	return lanes
}

// References are, for each table, the others whose rows its foreign keys point at, by index.
func (l Links) References() [][]int {
	points := make([][]int, l.tables)
	for _, k := range l.keys {
		if j, governed := l.owner[k.other]; k.out && governed && j != k.table && !slices.Contains(points[k.table], j) {
			points[k.table] = append(points[k.table], j)
		}
	}
	return points
}

// RetiringOrder puts every table after those that reference it, and else leaves the order as it is. Of a ring, where no order
// is right, it tells the members.
func RetiringOrder(points [][]int) (order, ring []int) {
	awaited := make([]int, len(points)) // how many tables that are not placed yet reference each
	for _, others := range points {
		for _, j := range others {
			awaited[j]++
		}
	}
	placed := make([]bool, len(points))
	order = make([]int, 0, len(points))
	for next := 0; len(order) < len(points); {
		for next < len(points) && (placed[next] || awaited[next] > 0) {
			next++
		}
		i := next
		if i == len(points) {
			i = slices.Index(placed, false)
			ring = append(ring, i)
		}
		placed[i], order = true, append(order, i)
		for _, j := range points[i] {
			awaited[j]--
			next = min(next, j) // it may be free now
		}
	}
	return order, ring
}

// Reconcile says of plans, which are made for each table alone, what is different for them together. The links are those of their
// tables, in the same order.
func Reconcile(links Links, plans []Plan) {
	points := links.References()
	_, ring := RetiringOrder(points)
	for _, i := range ring {
		plans[i].Findings = append(plans[i].Findings, Finding{Code: "reference_ring", Severity: Warning,
			Message: fmt.Sprintf("%s references other tables of the document and is, by way of them, referenced itself: there is no order in which their old rows could go", plans[i].Table),
			Remedy:  "Leave one of them without `keep`, or drop one of the foreign keys."})
	}
	for j, others := range points {
		for _, i := range others {
			if plans[j].drops() {
				plans[i].expect(plans[j].Table, func(oid uint32) bool { of, governed := links.owner[oid]; return governed && of == j })
			}
		}
	}
}

// drops reports whether rows go by this plan.
func (p Plan) drops() bool {
	return slices.ContainsFunc(p.Operations(), func(op Operation) bool { return op.Kind == Drop })
}

// expect turns the errors about rows of another table, which goes first and takes rows with it, into what they are before that is
// done: a run looks again then.
func (p *Plan) expect(table catalog.Name, owns func(uint32) bool) {
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Code != "referenced" || f.Pointing == 0 || !owns(f.Pointing) {
			continue
		}
		f.Severity = Warning
		f.Message = strings.Replace(f.Message, "cannot be detached", "cannot be detached yet", 1)
		f.Remedy = fmt.Sprintf("Partitions of %s are dropped before; a run then looks again.", table)
	}
}
