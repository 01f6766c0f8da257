package ask

import (
	"slices"
	"testing"

	"github.com/matryer/is"
)

// Of very many partitions those that were made last are compared, and always the one in question.
func TestCompared(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var leaves []uint32
	for oid := range uint32(3 * mostCompared) {
		leaves = append(leaves, oid+1)
	}
	is.Equal(len(compared(slices.Clone(leaves[:mostCompared]), 1)), mostCompared)
	found := compared(slices.Clone(leaves), 7)
	is.Equal(len(found), mostCompared)
	is.True(slices.Contains(found, 7))
	is.True(slices.Contains(found, 3*mostCompared))
	is.True(!slices.Contains(found, 2*mostCompared))
	found = compared(slices.Clone(leaves), 3*mostCompared)
	slices.Sort(found)
	is.Equal(len(slices.Compact(found)), mostCompared)
}
