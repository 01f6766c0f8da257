package integration

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// What is not ours is never touched, however much it looks it.
func TestStrangers_are_never_touched(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.must("2054-11-01")
	s.db.Exec(t, `
		CREATE TABLE events__2054_10_01 (id bigint, at timestamptz NOT NULL, note text);
		CREATE TABLE events__2054_10_02 (LIKE events);
		COMMENT ON TABLE events__2054_10_02 IS 'my own';
		CREATE TABLE events__2054_10_04 (LIKE events);
		COMMENT ON TABLE events__2054_10_04 IS E'pg-partsmith:orphan-parent=public.another\npg-partsmith:detached-at=2054-10-05T00:00:00+00:00';
		CREATE TABLE clicks (at timestamptz) PARTITION BY RANGE (at);
		CREATE TABLE clicks__2054_10_03 (at timestamptz);
		COMMENT ON TABLE clicks__2054_10_03 IS E'pg-partsmith:orphan-parent=public.clicks\npg-partsmith:detached-at=2054-10-04T00:00:00+00:00';
		ALTER TABLE events DETACH PARTITION events__2054_11_01`)
	s.must("2054-11-20")
	for _, name := range []string{"events__2054_10_01", "events__2054_10_02", "events__2054_10_04", "clicks__2054_10_03", "events__2054_11_01"} {
		if !s.exists(name) {
			t.Errorf("%s is gone", name)
		}
	}
	is.Equal(s.db.Text(t, `SELECT obj_description('events__2054_10_02'::regclass)`), "my own")
}

// A table of a wanted partition's name that is no partition is an error of that window alone.
func TestStrangers_with_a_wanted_name(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.db.Exec(t, `CREATE TABLE events__2054_11_21 (LIKE events); CREATE TYPE events__2054_11_22 AS (x int)`)
	result := s.run("2054-11-20")
	is.True(errors.Is(result.Err(), executor.NameTaken))
	is.Equal(s.attached(), []string{"events__2054_11_20"})
}

// A partition that was replaced by another table of the same name between plan and apply is not dropped.
func TestStrangers_replaced_between_plan_and_apply(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.must("2054-11-01")
	replaced := false
	s.exec.Hooks = []executor.Hook{{Before: s.onDrop(func() {
		replaced = true
		s.db.Exec(t, `ALTER TABLE events__2054_11_01 RENAME TO aside; CREATE TABLE events__2054_11_01 (LIKE events); INSERT INTO events__2054_11_01 (at) VALUES (now())`)
	})}}
	s.policy.MaxRetire = 1000
	result := s.run("2054-11-05")
	is.True(replaced)
	is.True(errors.Is(result.Err(), executor.Changed))
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events__2054_11_01`), "1")
}

// A comment that was changed between plan and apply stops the drop: somebody put a hold on it.
func TestStrangers_held_between_plan_and_apply(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.must("2054-11-01")
	s.exec.Hooks = []executor.Hook{{Before: s.onDrop(func() {
		s.db.Exec(t, `DO $$ BEGIN EXECUTE format('COMMENT ON TABLE events__2054_11_01 IS %L', obj_description('events__2054_11_01'::regclass) || E'\npartsmith:hold'); END $$`)
	})}}
	result := s.run("2054-11-05")
	is.True(result.Err() != nil)
	is.True(s.exists("events__2054_11_01"))
}

// onDrop runs f once, before the drop of the first partition.
func (s *scenario) onDrop(f func()) func(context.Context, *sql.Conn, lifecycle.Operation) error {
	once := true
	return func(_ context.Context, _ *sql.Conn, op lifecycle.Operation) error {
		if op.Kind == lifecycle.Drop && once && strings.HasSuffix(op.Partition.Table, "_01") {
			once = false
			f()
		}
		return nil
	}
}

// A parent that was dropped and made anew has nothing to do with the orphans of the one before.
func TestStrangers_orphans_of_a_parent_of_before(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("1 day")
	s := events(t, policy)
	s.must("2054-11-01")
	s.must("2054-11-05")
	is.True(s.exists("events__2054_11_01"))
	s.db.Exec(t, `DROP TABLE events; CREATE TABLE events (id bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)`)
	s.must("2054-12-05")
	is.True(s.exists("events__2054_11_01"))
	f := s.mustFind(s.plan("2054-12-05"), "foreign_marker")

	s.db.Exec(t, f.SQL) // adopted: now it is ours, and goes
	s.must("2054-12-06")
	is.True(!s.exists(f.Partition.String()))
}

// An orphan whose columns no longer fit stays, and a new partition takes its window under the next free name.
func TestStrangers_orphan_whose_columns_no_longer_fit(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("30 days")
	s := events(t, policy)
	s.must("2054-11-20")
	s.db.Exec(t, `INSERT INTO events (at) VALUES ('2054-11-20 10:00+00')`)
	s.must("2054-11-22")
	is.True(!slices.Contains(s.attached(), "events__2054_11_20"))
	s.db.Exec(t, `ALTER TABLE events ADD more int`)
	s.policy.Keep, s.policy.Behind = span("10"), 3
	s.must("2054-11-22")
	s.mustFind(s.plan("2054-11-22"), "detached_differs")
	is.True(slices.Contains(s.attached(), "events__2054_11_20_2"))
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events__2054_11_20`), "1")
}

// An orphan that the policy keeps again comes back with its rows.
func TestStrangers_orphan_comes_back_when_keep_grows(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("30 days")
	s := events(t, policy)
	s.must("2054-11-20")
	s.db.Exec(t, `INSERT INTO events (at) VALUES ('2054-11-20 10:00+00'); COMMENT ON TABLE events__2054_11_20 IS 'mine'`)
	s.must("2054-11-22")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events`), "0")
	s.policy.Keep = span("10")
	s.must("2054-11-22")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM events`), "1")
	is.Equal(s.db.Text(t, `SELECT obj_description('events__2054_11_20'::regclass)`), "mine")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM pg_constraint WHERE conname LIKE 'partsmith%'`), "0")
}
