package atlasext_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A connection that is scoped to one schema knows nothing of another that is asked for.
func TestRefusesSchemaOutsideOfScope(t *testing.T) {
	inWorlds(t, func(w *world) {
		if !w.scoped {
			return
		}
		for _, schemas := range [][]string{{"other"}, {w.schema, "other"}} {
			r := w.runner(eventsHCL("", dailyHCL), "2026-01-11T12:00:00Z")
			r.Schemas = schemas
			conn := w.session()
			_, err := r.Plan(w.T.Context(), conn)
			w.NoErr(conn.Close())
			w.True(err != nil && strings.Contains(err.Error(), "schema other is asked for, and the connection is about app"))
			_, err = w.try(r)
			w.True(err != nil)
			w.True(!w.exists("events"))
		}
		r := w.runner(eventsHCL("", dailyHCL), "2026-01-11T12:00:00Z")
		r.Schemas = []string{w.schema}
		w.run(r)
	})
}

// What the run is not about is not maintained either.
func TestLifecycleKeepsToTheScope(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]func(*atlasext.Runner){
		"schemas": func(r *atlasext.Runner) { r.Schemas = []string{"app"} },
		"exclude": func(r *atlasext.Runner) { r.Exclude = []string{"public.*"} },
		"whole":   func(r *atlasext.Runner) { r.Exclude = []string{"public"} },
		"table":   func(r *atlasext.Runner) { r.Exclude = []string{"public.events[type=table]"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, I: is.New(t), db: pgtest.New(t), schema: "public"}
			w.pool = w.db.SQL()
			w.exec(eventsSQL + "; create schema app; create table app.events (id bigint not null, at timestamptz not null, primary key (id, at)) partition by range (at)")
			hcl := strings.ReplaceAll(eventsHCL("", dailyHCL), "$ns", "app")
			if name != "schemas" {
				hcl += `
schema "public" {}
`
			}
			r := w.runner(hcl, "2054-01-11T12:00:00Z")
			policy := lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(2)}
			r.Tasks = []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "events"}, Policy: policy}}
			limit(&r)
			report := w.run(r)
			w.Equal(len(report.Results), 1)
			w.Equal(w.partitions("events"), "0")
			w.schema = "app"
			w.Equal(w.partitions("events"), "3")
		})
	}
}
