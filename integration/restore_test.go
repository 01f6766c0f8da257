package integration

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
)

// A dump restored into another database: tables and comments are those of the first, OIDs are not. Nothing of it is dropped.
func TestRestore_of_a_dump_drops_nothing(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("1 day")
	s := events(t, policy)
	s.must("2054-11-20")
	s.must("2054-11-23") // two orphans wait
	comment := s.db.Text(t, `SELECT obj_description('events__2054_11_20'::regclass)`)
	is.True(strings.Contains(comment, "orphan-parent=public.events"))

	r := scene(t, "public.events", `CREATE TABLE filler (x int); CREATE TABLE events (id bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)`, policy)
	r.db.Exec(t, `CREATE TABLE events__2054_11_20 (LIKE events); INSERT INTO events__2054_11_20 (at) VALUES ('2054-11-20 10:00+00');
		COMMENT ON TABLE events__2054_11_20 IS `+catalog.QuoteLiteral(comment))
	r.must("2054-12-24")
	r.mustFind(r.plan("2054-12-24"), "foreign_marker")
	is.True(r.exists("events__2054_11_20"))
}

// A role without rights: what it lacks is told with the GRANT that helps, and nothing is done.
func TestRights_are_told(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	stranger := s.db.Role(t, "stranger")
	conn, err := s.db.As(t, stranger).Conn(context.Background())
	is.NoErr(err)
	defer conn.Close()
	results, err := s.exec.Run(context.Background(), conn, s.tasks(), instant("2054-11-20"))
	is.NoErr(err)
	is.True(errors.Is(results[0].Err(), executor.RightLacking))
	is.True(s.mustFind(results[0].Plan, "not_owner").SQL != "")
	is.Equal(len(s.attached()), 0)
}

// A partition of another owner: detaching needs only the parent's owner, marking and dropping more. So it is not begun.
func TestRights_on_a_partition_are_checked_before_its_detach(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	owner, other := s.db.Role(t, "owner"), s.db.Role(t, "other")
	s.db.Exec(t, `GRANT CREATE ON SCHEMA public TO `+owner+`; ALTER TABLE events OWNER TO `+owner)
	s.as(owner, "2054-11-20")
	s.db.Exec(t, `ALTER TABLE events__2054_11_20 OWNER TO `+other)
	conn, err := s.db.As(t, owner).Conn(context.Background())
	is.NoErr(err)
	defer conn.Close()
	results, err := s.exec.Run(context.Background(), conn, s.tasks(), instant("2054-11-23"))
	is.NoErr(err)
	is.True(errors.Is(results[0].Err(), executor.RightLacking))
	is.Equal(s.attached()[0], "events__2054_11_20")
	is.True(!s.exists("events__2054_11_21")) // the others went on
}
