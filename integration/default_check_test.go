package integration

import (
	"testing"

	"github.com/matryer/is"
)

// Beside a large DEFAULT one window that is occupied stops nobody else: the others are made, with one CHECK that spares the scan
// and leaves the occupied one out, so that its rows still find a place while the CHECK stands.
func TestDefaultCheck_leaves_an_occupied_window_out(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	policy := daily("6", "100")
	policy.DefaultCheck = true
	s := scene(t, "public.e", `CREATE TABLE e (at timestamptz NOT NULL, note text) PARTITION BY RANGE (at);
		CREATE TABLE e__2054_11_20 PARTITION OF e FOR VALUES FROM ('2054-11-20 00:00+00') TO ('2054-11-21 00:00+00');
		CREATE TABLE e_default PARTITION OF e DEFAULT; CREATE INDEX ON e (at);
		INSERT INTO e SELECT '2054-10-01', repeat('x', 1000) FROM generate_series(1, 25000);
		INSERT INTO e VALUES ('2054-11-23 10:00+00')`, policy)
	result := s.run("2054-11-20")
	is.True(result.Err() != nil)
	is.Equal(s.mustFind(result.Plan, "default_holds_rows").Rows, int64(1))
	is.Equal(s.attached(), []string{"e__2054_11_20", "e__2054_11_21", "e__2054_11_22", "e__2054_11_24", "e__2054_11_25", "e_default"})
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_constraint WHERE conname LIKE 'partsmith%'`), "0")
}
