package integration

import (
	"testing"

	"github.com/matryer/is"
)

// Where the newest partition is itself partitioned, no plain one is put beside it.
func TestNested_gets_no_plain_partitions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := scene(t, "public.e", `CREATE TABLE e (at timestamptz NOT NULL, k int) PARTITION BY RANGE (at);
		CREATE TABLE e__2054_11_20 PARTITION OF e FOR VALUES FROM ('2054-11-20 00:00+00') TO ('2054-11-21 00:00+00') PARTITION BY HASH (k);
		CREATE TABLE e__2054_11_20_0 PARTITION OF e__2054_11_20 FOR VALUES WITH (MODULUS 1, REMAINDER 0)`, daily("3", "3"))
	result := s.run("2054-11-20")
	is.True(result.Err() != nil)
	s.mustFind(result.Plan, "nested")
	is.Equal(s.attached(), []string{"e__2054_11_20"})
}
