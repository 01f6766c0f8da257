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
	is.Equal(References(tables), [][]int{nil, {0}, nil, nil})
}
