package integration

import (
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// alone is what Atlas by itself would do for the same desired state.
func (w *atlasWorld) alone(r atlasext.Runner) []string {
	w.T.Helper()
	conn := w.session()
	defer conn.Close()
	drv, err := postgres.Open(conn)
	w.NoErr(err)
	var changes []schema.Change
	if w.scoped {
		current, err := drv.InspectSchema(w.T.Context(), w.schema, nil)
		w.NoErr(err)
		changes, err = drv.SchemaDiff(current, r.Desired.Realm.Schemas[0], schema.DiffNormalized())
		w.NoErr(err)
	} else {
		current, err := drv.InspectRealm(w.T.Context(), nil)
		w.NoErr(err)
		changes, err = drv.RealmDiff(current, r.Desired.Realm, schema.DiffNormalized())
		w.NoErr(err)
	}
	plan, err := drv.PlanChanges(w.T.Context(), "alone", changes)
	w.NoErr(err)
	var all []string
	for _, c := range plan.Changes {
		all = append(all, c.Cmd)
	}
	return all
}

func lifecycleCounts(r *atlasext.Report) lifecycle.Counts { return lifecycle.Count(r.Results...) }
