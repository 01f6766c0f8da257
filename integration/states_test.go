package integration

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// Rows of a wanted window inside DEFAULT: that window is an error, the others are made.
func TestStates_default_with_rows(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.db.Exec(t, `CREATE TABLE events_default PARTITION OF events DEFAULT; INSERT INTO events (at) VALUES ('2054-11-21 10:00+00'), ('2054-11-21 11:00+00'), ('2020-01-01')`)
	result := s.run("2054-11-20")
	is.True(result.Err() != nil)
	f := s.mustFind(result.Plan, "default_holds_rows")
	is.Equal(f.Rows, int64(2))
	is.Equal(s.attached(), []string{"events__2054_11_20", "events__2054_11_22", "events_default"})

	// The way out that the finding names.
	s.db.Exec(t, strings.TrimSuffix(strings.TrimPrefix(f.SQL, "BEGIN;\n"), "COMMIT;"))
	s.must("2054-11-20")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events__2054_11_21`), "2")
}

func TestStates_default_without_rows(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.db.Exec(t, `CREATE TABLE events_default PARTITION OF events DEFAULT`)
	s.must("2054-11-20")
	is.Equal(len(s.attached()), 4)
	s.must("2054-11-23") // detached plainly: PostgreSQL refuses CONCURRENTLY beside DEFAULT
	is.Equal(s.attached(), []string{"events__2054_11_22", "events__2054_11_23", "events__2054_11_24", "events__2054_11_25", "events_default"})
}

// A large DEFAULT is spared the scan by a CHECK where the policy allows it, and the CHECK does not stay.
func TestStates_large_default(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("4", "100"))
	s.db.Exec(t, `CREATE TABLE events_default PARTITION OF events DEFAULT;
		INSERT INTO events (at, note) SELECT '2020-01-01', repeat('x', 1000) FROM generate_series(1, 25000)`)
	result := s.run("2054-11-20")
	is.True(result.Err() != nil)
	s.mustFind(result.Plan, "default_too_large")
	s.policy.DefaultCheck = true
	result = s.run("2054-11-20")
	is.Equal(s.attached(), []string{"events__2054_11_21", "events__2054_11_22", "events__2054_11_23", "events_default"})
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_constraint WHERE conname LIKE 'partsmith%'`), "0")
	s.mustFind(result.Plan, "default_too_large") // the current window never waits for a CHECK
}

// A detach that was cancelled leaves the partition pending. One of a wanted window comes back, one that has expired goes.
func TestStates_pending_detach(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at       string
		attached bool
	}{
		"of a wanted window": {"2054-11-21", true},
		"expired":            {"2054-11-25", false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := events(t, daily("3", "3"))
			s.must("2054-11-20")
			is.NoErr(s.insert("2054-11-21 10:00+00"))
			s.interruptDetach("events__2054_11_21")
			s.must(c.at)
			is.Equal(slices.Contains(s.attached(), "events__2054_11_21"), c.attached)
			is.Equal(s.exists("events__2054_11_21"), c.attached) // drop_after 0: what expired is gone at once
			is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_inherits WHERE inhdetachpending`), "0")
			if c.attached {
				is.Equal(s.db.Text(t, `SELECT count(*) FROM events`), "1")
			}
		})
	}
}

// interruptDetach leaves a detach of the partition pending: a reader holds the parent, and the wait for it is given up.
func (s *scenario) interruptDetach(partition string) {
	s.Helper()
	ctx := context.Background()
	reader, err := s.db.SQL().BeginTx(ctx, nil)
	if err != nil {
		s.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.Exec(`SELECT count(*) FROM ` + s.table.String()); err != nil {
		s.Fatal(err)
	}
	conn := s.session()
	defer conn.Close()
	_, err = conn.ExecContext(ctx, `SET lock_timeout = '50ms'`)
	if err == nil {
		_, err = conn.ExecContext(ctx, `ALTER TABLE `+s.table.String()+` DETACH PARTITION `+partition+` CONCURRENTLY`)
	}
	if err == nil || s.db.Text(s, `SELECT count(*) FROM pg_inherits WHERE inhdetachpending`) != "1" {
		s.Fatalf("the detach was not interrupted: %v", err)
	}
	if _, err := conn.ExecContext(ctx, `RESET lock_timeout`); err != nil {
		s.Fatal(err)
	}
}

// A foreign key that points at rows of an expired partition: named in an error, the others go on, nothing cascades.
func TestStates_referenced(t *testing.T) {
	is := is.New(t)
	t.Parallel()
	s := scene(t, "public.events", `CREATE TABLE events (at timestamptz PRIMARY KEY) PARTITION BY RANGE (at);
		CREATE TABLE notes (at timestamptz CONSTRAINT notes_of_event REFERENCES events); CREATE INDEX ON notes (at)`, daily("3", "1"))
	s.must("2054-11-20")
	s.db.Exec(t, `INSERT INTO events VALUES ('2054-11-20 10:00+00'), ('2054-11-21 10:00+00'); INSERT INTO notes VALUES ('2054-11-20 10:00+00')`)
	result := s.run("2054-11-22")
	is.True(errors.Is(result.Err(), executor.Referenced))
	is.True(strings.Contains(result.Err().Error(), "notes_of_event"))
	is.Equal(s.attached(), []string{"events__2054_11_20", "events__2054_11_22", "events__2054_11_23", "events__2054_11_24"})
	is.Equal(s.db.Text(t, `SELECT count(*) FROM notes`), "1")
	s.db.Exec(t, `DELETE FROM notes`)
	s.must("2054-11-22")
	is.True(!s.exists("events__2054_11_20"))
}

// More has expired than the brake allows: nothing goes until a person says so.
func TestStates_brake(t *testing.T) {
	is := is.New(t)
	policy := daily("70", "100")
	policy.MaxRetire = 0
	s := events(t, policy)
	s.must("2054-01-01")
	s.policy.Keep = span("1")
	result := s.run("2054-03-05") // 63 have expired
	is.NoErr(result.Err())
	s.mustFind(result.Plan, "retire_limited")
	is.True(slices.Contains(s.attached(), "events__2054_01_01"))
	s.policy.MaxRetire = 100
	s.must("2054-03-05")
	is.True(!slices.Contains(s.attached(), "events__2054_01_01"))
}

// The waiting time: detached, marked, seen by nobody, dropped when it is over.
func TestStates_waiting_time(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("7 days")
	s := events(t, policy)
	s.must("2054-11-20")
	s.db.Exec(t, `COMMENT ON TABLE events__2054_11_20 IS 'kept below'`)
	s.must("2054-11-22")
	comment := s.db.Text(t, `SELECT obj_description('events__2054_11_20'::regclass)`)
	lines := strings.Split(comment, "\n")
	is.Equal(lines[0], "pg-partsmith:orphan-parent=public.events")
	is.Equal(lines[1], "pg-partsmith:detached-at=2054-11-22T00:00:00+00:00")
	is.True(strings.HasPrefix(lines[2], "partsmith:oid="))
	is.Equal(lines[3], "kept below")
	s.must("2054-11-28")
	is.True(s.exists("events__2054_11_20"))
	s.must("2054-11-29")
	is.True(!s.exists("events__2054_11_20"))
}

// A run that detaches concurrently lets a reader of the parent finish and keeps nobody waiting; here it only waits itself.
func TestStates_detach_waits_for_a_reader(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "1"))
	s.must("2054-11-20")
	reader, err := s.db.SQL().Begin()
	is.NoErr(err)
	defer reader.Rollback()
	_, err = reader.Exec(`SELECT count(*), pg_sleep(0.2) FROM events`) // older than our patience
	is.NoErr(err)
	s.exec.RetryFor, s.exec.Limits.Patience = time.Second, 100*time.Millisecond
	result := s.run("2054-11-21")
	var retries *executor.RetriesError
	is.True(errors.As(result.Err(), &retries))
	is.True(len(retries.Blockers) > 0)
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_inherits WHERE inhdetachpending`), "0") // never begun
	is.NoErr(reader.Rollback())
	s.exec.RetryFor, s.exec.Limits.Patience = patience, 0
	s.must("2054-11-21")
	is.True(!s.exists("events__2054_11_20"))
}

// One table under two names has two policies: refused before anything is done.
func TestStates_one_table_named_twice(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	conn := s.session()
	defer conn.Close()
	tasks := append(s.tasks(), lifecycle.Task{Table: catalog.Name{Table: "events"}, Policy: daily("5", "2")})
	_, err := s.exec.Run(context.Background(), conn, tasks, instant("2054-11-20"))
	var duplicate *planner.DuplicateTableError
	is.True(errors.As(err, &duplicate))
	is.Equal(len(s.attached()), 0)
}

// A hold keeps a partition also when somebody's detach of it was interrupted: finished, and then left alone.
func TestStates_pending_detach_of_a_held_partition(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "3"))
	s.must("2054-11-20")
	is.NoErr(s.insert("2054-11-21 10:00+00"))
	s.db.Exec(t, `COMMENT ON TABLE events__2054_11_21 IS 'partsmith:hold'`)
	s.interruptDetach("events__2054_11_21")
	s.must("2054-11-25")
	s.must("2054-12-24")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events__2054_11_21`), "1")
	is.Equal(s.db.Text(t, `SELECT obj_description('events__2054_11_21'::regclass)`), "partsmith:hold")
}
