package atlasext_test

import (
	"strings"
	"testing"
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
