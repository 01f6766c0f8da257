package integration

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// A role that may make tables somewhere makes one like the parent and writes our marker into its comment, with its own OIDs
// and a coming bound: it is not attached, so nobody but its owner sees rows in it, and an expired one is not dropped.
func TestForeign_owner_cannot_get_a_table_attached(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	owner, stranger := s.db.Role(t, "owner"), s.db.Role(t, "stranger")
	s.db.Exec(t, `CREATE SCHEMA theirs AUTHORIZATION `+stranger+`; GRANT CREATE ON SCHEMA public TO `+owner+`; ALTER TABLE events OWNER TO `+owner+`; GRANT SELECT ON events TO `+stranger)
	trap := func(table, from, to string) {
		m := catalog.Marker{Parent: s.table, DetachedAt: instant("2099-11-01"), Bound: "FOR VALUES FROM ('" + from + " 00:00:00+00') TO ('" + to + " 00:00:00+00')"}
		for _, oid := range []struct {
			of  string
			put *uint32
		}{{"theirs." + table, &m.OID}, {"events", &m.ParentOID}} {
			if oid.of != "events" {
				_, err := s.db.As(t, stranger).Exec(`CREATE TABLE ` + oid.of + ` (LIKE events)`)
				is.NoErr(err)
			}
			is.NoErr(s.db.SQL().QueryRow(`SELECT $1::regclass::oid::bigint`, oid.of).Scan(oid.put))
		}
		_, err := s.db.As(t, stranger).Exec(`COMMENT ON TABLE theirs.` + table + ` IS ` + catalog.QuoteLiteral(m.String()))
		is.NoErr(err)
	}
	trap("live", "2099-11-21", "2099-11-22")
	trap("old", "2099-10-01", "2099-10-02")
	s.must("2099-11-20") // by a superuser, who is a member of every role
	s.as(owner, "2099-11-20")
	is.Equal(s.attached(), []string{"events__2099_11_20", "events__2099_11_21", "events__2099_11_22"})
	is.True(s.exists("theirs.old"))
	f := s.mustFind(s.plan("2099-11-20"), "foreign_owner")
	is.Equal(f.SQL, "")
	is.True(strings.Contains(f.Remedy, "OWNER TO"))
	_, foreign := find(s.plan("2099-11-20"), "foreign_marker")
	is.True(!foreign)

	// once it belongs to the owner, it is like any other
	s.db.Exec(t, `ALTER TABLE theirs.old OWNER TO `+owner)
	s.must("2099-11-20")
	is.True(!s.exists("theirs.old"))
}

// A parent that is renamed, and one that is moved, keep their detached partitions. Their markers follow, once.
func TestForeign_renamed_parent_keeps_its_detached_partitions(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("30 days")
	s := events(t, policy)
	s.must("2099-11-20")
	s.db.Exec(t, `INSERT INTO events (at) VALUES ('2099-11-21 10:00+00'); COMMENT ON TABLE events__2099_11_20 IS 'mine'`)
	s.must("2099-11-23") // 20 and 21 go
	s.db.Exec(t, `CREATE SCHEMA moved; ALTER TABLE events RENAME TO happenings; ALTER TABLE happenings SET SCHEMA moved;
		CREATE TABLE events (LIKE moved.happenings) PARTITION BY RANGE (at)`)
	s.table = catalog.Name{Schema: "moved", Table: "happenings"}
	s.must("2099-11-23")
	comment := s.db.Text(t, `SELECT obj_description('events__2099_11_20'::regclass)`)
	is.True(strings.HasPrefix(comment, "pg-partsmith:orphan-parent=moved.happenings\n"))
	is.True(strings.HasSuffix(comment, "\nmine"))

	s.policy.Keep = span("3") // the 21st comes back
	s.must("2099-11-23")
	is.Equal(s.db.Text(t, `SELECT count(*) FROM moved.happenings`), "1")
	s.must("2100-01-23")
	is.True(!s.exists("events__2099_11_20"))
}

// A marker whose parent was renamed is left as it is where the table is held.
func TestForeign_held_markers_are_not_written(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("30 days")
	s := events(t, policy)
	s.must("2099-11-20")
	s.must("2099-11-22")
	s.db.Exec(t, `ALTER TABLE events RENAME TO happenings; COMMENT ON TABLE happenings IS 'partsmith:hold'`)
	s.table.Table = "happenings"
	is.True(!s.plan("2099-11-22").Due())
}

// What somebody wrote above a marker, or instead of it, makes a table nobody's; it is told, and what is printed restores it.
func TestForeign_lost_markers_are_told(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("1 day")
	s := events(t, policy)
	s.must("2099-11-20")
	s.must("2099-11-22") // 20 goes
	s.db.Exec(t, `DO $$ BEGIN EXECUTE format('COMMENT ON TABLE events__2099_11_20 IS %L', E'do not touch\n' || obj_description('events__2099_11_20'::regclass)); END $$`)
	for _, at := range []string{"2099-11-22", "2099-12-10"} {
		s.must(at)
		is.True(s.exists("events__2099_11_20"))
	}
	f := s.mustFind(s.plan("2099-12-10"), "marker_lost")
	s.db.Exec(t, f.SQL)
	is.True(strings.HasSuffix(s.db.Text(t, `SELECT obj_description('events__2099_11_20'::regclass)`), "\ndo not touch"))
	s.must("2099-12-10") // it waits anew
	is.True(s.exists("events__2099_11_20"))
	s.must("2099-12-11")
	is.True(!s.exists("events__2099_11_20"))

	s.must("2099-12-13") // 10 and 11 go
	for _, lose := range []string{`COMMENT ON TABLE events__2099_12_10 IS 'kept for the audit'`, `ALTER TABLE events__2099_12_10 RENAME TO audit`} {
		s.db.Exec(t, lose)
		f = s.mustFind(s.plan("2099-12-13"), "marker_lost")
		is.Equal(f.SQL, "")
		is.Equal(f.Window.From.String(), "2099-12-10T00:00:00Z")
		s.must("2100-01-11")
		is.True(s.exists(f.Partition.String()))
	}
	s.db.Exec(t, `COMMENT ON TABLE audit IS 'partsmith:hold for the audit'`)
	_, told := find(s.plan("2099-12-11"), "marker_lost")
	is.True(!told)
}

// A table of the same columns and owner that is no detached partition is not told.
func TestForeign_tables_that_are_nobodys(t *testing.T) {
	is := is.New(t)
	s := events(t, daily("3", "2"))
	s.must("2099-11-20")
	s.db.Exec(t, `CREATE TABLE events_archive (LIKE events); CREATE TABLE events__2099_10_01 (LIKE events, extra int); CREATE TABLE staging (LIKE events, CONSTRAINT staging_at_check CHECK (at > '2020-01-01'))`)
	plan := s.plan("2099-11-20")
	is.True(!plan.Due())
	is.True(!slices.ContainsFunc(plan.Findings, func(f lifecycle.Finding) bool { return f.Code == "marker_lost" }))
}
