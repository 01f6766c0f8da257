package integration

import (
	"testing"

	"github.com/matryer/is"
)

// Rows in DEFAULT that are older than keep are counted at every run, also when nothing is due.
func TestDefaultExpired_is_counted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := scene(t, "public.e", `CREATE TABLE e (at timestamptz NOT NULL, note text) PARTITION BY RANGE (at); CREATE TABLE e_default PARTITION OF e DEFAULT;
		INSERT INTO e VALUES ('2054-10-01 10:00+00'), ('2054-11-17 23:59+00'), ('2054-11-18 00:00+00')`, daily("3", "3"))
	s.must("2054-11-20")
	plan := s.plan("2054-11-20")
	is.True(!plan.Due())
	is.Equal(s.mustFind(plan, "default_holds_expired").Rows, int64(2))
	s.db.Exec(t, `DELETE FROM e_default WHERE at < '2054-11-18 00:00+00'`)
	for _, f := range s.plan("2054-11-20").Findings {
		is.True(f.Code != "default_holds_expired")
	}
}
