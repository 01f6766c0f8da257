package lifecycle

import (
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func TestRetiringOrder(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	order, ring := RetiringOrder([][]int{{}, {0}, {1}, {}})
	is.Equal(order, []int{2, 1, 0, 3})
	is.Equal(len(ring), 0)
	order, ring = RetiringOrder([][]int{{1}, {0}, {}})
	is.Equal(order, []int{2, 0, 1})
	is.Equal(ring, []int{0})
	key := func(other uint32) []catalog.ForeignKey { return []catalog.ForeignKey{{Out: true, OtherOID: other}} }
	tables := []catalog.Table{{OID: 1, Partitions: []catalog.Partition{{OID: 11}}}, {OID: 2, ForeignKeys: key(11)}, {OID: 3, ForeignKeys: key(3)}, {ForeignKeys: key(9)}}
	is.Equal(linked(tables).References(), [][]int{nil, {0}, nil, nil})
}

func linked(tables []catalog.Table) Links {
	var l Links
	for _, t := range tables {
		l.Add(t)
	}
	return l
}

// Tables that share a foreign key, be it through a table of nobody's, are in one lane.
func TestLanes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	out := func(other uint32) []catalog.ForeignKey { return []catalog.ForeignKey{{Out: true, OtherOID: other}} }
	in := func(other uint32) []catalog.ForeignKey { return []catalog.ForeignKey{{OtherOID: other}} }
	lanes := linked([]catalog.Table{
		{OID: 1}, {OID: 2, ForeignKeys: out(99)}, {OID: 3, ForeignKeys: out(99)}, {OID: 4, ForeignKeys: in(98)}, {OID: 5, ForeignKeys: in(98)},
		{OID: 6, ForeignKeys: out(71)}, {OID: 7, Partitions: []catalog.Partition{{OID: 71, Inner: &catalog.Table{OID: 71, Partitions: []catalog.Partition{{OID: 72}}}}}},
		{OID: 8, ForeignKeys: out(8)}, {OID: 72},
	}).Lanes()
	same := func(i, j int) bool { return lanes[i] == lanes[j] }
	is.True(same(1, 2))                                // both reference one table
	is.True(same(3, 4))                                // one table references both
	is.True(same(5, 6))                                // one references a partition of the other
	is.True(same(6, 8))                                // one is a partition of the other, further down
	is.True(!same(0, 1) && !same(1, 3) && !same(3, 5)) // and else they are apart
	is.True(!same(7, 0) && !same(7, 5))                // a table that references itself is alone
	is.Equal(len(Links{}.Lanes()), 0)
}

// A thousand tables are put in order with a few allocations, and with a few looks at each.
func TestRetiringOrderOfManyTables(t *testing.T) {
	is := is.New(t) // no t.Parallel: allocations are those of the whole process
	points := make([][]int, 1000)
	is.True(testing.AllocsPerRun(3, func() { RetiringOrder(points) }) < 10)
	for i := range points[1:] {
		points[i+1] = []int{i}
	}
	order, ring := RetiringOrder(points)
	is.Equal(order[0], 999)
	is.Equal(order[999], 0)
	is.Equal(len(ring), 0)
}
