package integration

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

// A publication of the whole table that does not publish by the root sends rows of a new partition under the partition's
// name, for which a subscriber has no table. It is told before the partition is made, and what is printed ends it.
func TestPublished_under_the_partitions_own_names(t *testing.T) {
	for name, c := range map[string]struct {
		publication string
		since       int
	}{
		"all tables":             {`FOR ALL TABLES`, 140000},
		"the table":              {`FOR TABLE events`, 140000},
		"all of the schema":      {`FOR TABLES IN SCHEMA public`, 150000},
		"the partitions' schema": {`FOR TABLES IN SCHEMA parts`, 150000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := events(t, daily("2", "2"))
			if strings.Contains(name, "partitions'") {
				s.policy.Schema = "parts"
			}
			s.db.Exec(t, `CREATE SCHEMA parts`)
			if s.db.Text(t, `SELECT current_setting('server_version_num')::int >= $1`, c.since) == "false" {
				t.Skip("publications of schemas are from 15 on")
			}
			s.db.Exec(t, `CREATE PUBLICATION "Pub" `+c.publication)
			f := s.mustFind(s.plan("2026-11-20"), "published")
			is.True(strings.Contains(f.Message, `publication "Pub" publishes rows of public.events under the names of its partitions`))
			s.must("2026-11-20")
			const published = `SELECT coalesce(string_agg(DISTINCT tablename, ' '), '') FROM pg_publication_tables`
			is.Equal(s.db.Text(t, published), "events__2026_11_20 events__2026_11_21")
			_, again := find(s.plan("2026-11-20"), "published") // nothing is to be made
			is.True(!again)

			s.db.Exec(t, f.SQL)
			s.must("2026-11-21")
			is.Equal(s.db.Text(t, published), "events")
			_, again = find(s.plan("2026-11-22"), "published")
			is.True(!again)
		})
	}
}
