package atlasext_test

import (
	"errors"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/executor"
)

// alone is what Atlas by itself would do for the same desired state.
func (w *world) alone(r atlasext.Runner) []string {
	w.T.Helper()
	all, err := w.tryAlone(r)
	w.NoErr(err)
	return all
}

// aloneFails reports whether Atlas by itself cannot even plan.
func (w *world) aloneFails(r atlasext.Runner) bool {
	w.T.Helper()
	_, err := w.tryAlone(r)
	return err != nil
}

func (w *world) tryAlone(r atlasext.Runner) ([]string, error) {
	w.T.Helper()
	name := r.Desired.Realm.Schemas[0].Name
	defer func() { r.Desired.Realm.Schemas[0].Name = name }()
	if w.scoped {
		r.Desired.Realm.Schemas[0].Name = w.schema
	}
	conn := w.session()
	defer conn.Close()
	drv, err := postgres.Open(conn)
	w.NoErr(err)
	var changes []schema.Change
	if w.scoped {
		current, err := drv.InspectSchema(w.T.Context(), w.schema, nil)
		if err != nil {
			return nil, err
		}
		if changes, err = drv.SchemaDiff(current, r.Desired.Realm.Schemas[0], schema.DiffNormalized()); err != nil {
			return nil, err
		}
	} else {
		current, err := drv.InspectRealm(w.T.Context(), nil)
		if err != nil {
			return nil, err
		}
		if changes, err = drv.RealmDiff(current, r.Desired.Realm, schema.DiffNormalized()); err != nil {
			return nil, err
		}
	}
	plan, err := drv.PlanChanges(w.T.Context(), "alone", changes)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, c := range plan.Changes {
		all = append(all, c.Cmd)
	}
	return all, nil
}

func lifecycleCounts(r *atlasext.Report) executor.Counts { return executor.Count(r.Results...) }

func isNotClean(err error) bool {
	var dirty *migrate.NotCleanError
	return errors.As(err, &dirty)
}
