package atlasext

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// view is one look at the database beside what is desired.
type view struct {
	driver   *Driver
	current  *schema.Realm
	desired  *schema.Realm // a copy as far as guards change it
	families inspect.Families
	changes  []schema.Change
	dropped  []schema.Change // before changes: tables that changes make anew
	remade   []schema.Change
	guards   []*GuardError
	findings []lifecycle.Finding
}

// look inspects, asks the guards, and takes the difference.
func (r *run) look(ctx context.Context) (*view, error) {
	driver, err := Open(r.conn, DriverOptions{Schema: r.Schema, VersionTables: r.VersionTables, PartitionSchemas: r.homes(), Declared: r.Desired.Realm, DropFormer: r.DropFormer})
	if err != nil {
		return nil, err
	}
	v := &view{driver: driver}
	if v.current, err = r.inspect(ctx, driver); err != nil {
		return nil, fmt.Errorf("inspect schema: %w", err)
	}
	if v.desired, err = r.wanted(); err != nil {
		return nil, fmt.Errorf("read desired state: %w", err)
	}
	v.keepComments(r.Desired.unsaid)
	v.findings = driver.Findings()
	if err := r.guard(ctx, v); err != nil {
		return nil, err
	}
	return v, nil
}

// homes are the schemas where policies make partitions.
func (r *run) homes() (all []string) {
	for _, task := range r.tasks {
		for level := &task.Policy; level != nil; level = level.Within {
			if level.Schema != "" {
				all = append(all, level.Schema)
			}
		}
	}
	return all
}

func (r *run) inspect(ctx context.Context, driver *Driver) (*schema.Realm, error) {
	if r.Schema == "" {
		return driver.InspectRealm(ctx, &schema.InspectRealmOption{Schemas: r.Schemas, Exclude: r.Exclude})
	}
	ns, err := driver.InspectSchema(ctx, r.Schema, &schema.InspectOptions{Exclude: r.Exclude})
	if err != nil {
		return nil, err
	}
	return ns.Realm, nil
}

// wanted is the part of the desired state that the run is about, copied down to the lists of tables.
func (r *run) wanted() (*schema.Realm, error) {
	realm := *r.Desired.Realm
	realm.Schemas = nil
	for _, ns := range r.Desired.Realm.Schemas {
		if len(r.Schemas) > 0 && !slices.Contains(r.Schemas, ns.Name) {
			continue
		}
		own := *ns
		own.Realm, own.Tables, own.Objects = &realm, slices.Clone(ns.Tables), slices.Clone(ns.Objects)
		realm.Schemas = append(realm.Schemas, &own)
	}
	if r.Schema == "" {
		return schema.ExcludeRealm(&realm, r.Exclude)
	}
	_, err := schema.ExcludeSchema(realm.Schemas[0], r.Exclude)
	return &realm, err
}

// difference is what Atlas would change.
func (r *run) difference(v *view) ([]schema.Change, error) {
	var changes []schema.Change
	var err error
	options := []schema.DiffOption{schema.DiffNormalized(), schema.DiffSkipChanges(r.Skip...)}
	if r.Schema == "" {
		changes, err = v.driver.RealmDiff(v.current, v.desired, options...)
	} else {
		changes, err = v.driver.SchemaDiff(v.current.Schemas[0], v.desired.Schemas[0], options...)
	}
	if err != nil {
		return nil, fmt.Errorf("compare schema with desired state: %w", err)
	}
	return changes, nil
}

// settle makes desired state and policies fit the scope of the connection.
func (r *run) settle() error {
	if r.Desired == nil || r.Desired.Realm == nil {
		return errors.New("read desired state: none is given")
	}
	if err := r.requested(); err != nil {
		return err
	}
	before, err := r.scoped()
	if err != nil {
		return err
	}
	r.tasks = nil
	for _, t := range r.Desired.Policies {
		task := lifecycle.Task{Table: t.Name, Policy: t.Policy}
		if r.Schema != "" && (task.Table.Schema == before || task.Table.Schema == "") {
			task.Table.Schema = r.Schema
		}
		r.tasks = append(r.tasks, task)
	}
	for i, t := range r.Desired.Policies {
		if before != "" && t.Name.Schema == before {
			r.Desired.Policies[i].Name.Schema = r.Schema
		}
	}
	return r.join()
}

// scoped gives the desired schema the name of the one that the connection is scoped to, and returns the name that it had.
func (r *run) scoped() (before string, err error) {
	if r.Schema == "" {
		return "", nil
	}
	for _, name := range r.Schemas {
		if name != r.Schema {
			return "", outOfScope("schema %s is asked for, and the connection is about %s", name, r.Schema)
		}
	}
	switch n := len(r.Desired.Realm.Schemas); n {
	case 0:
		return "", outOfScope("it has no schema, and the connection is about %s", r.Schema)
	case 1:
	default:
		return "", outOfScope("it has %d schemas, and the connection is about one, %s", n, r.Schema)
	}
	ns := r.Desired.Realm.Schemas[0]
	if ns.Name != r.Schema && !r.Desired.inspected {
		return "", outOfScope("the desired state is about schema %q, and the connection about %q", ns.Name, r.Schema)
	}
	before, ns.Name = ns.Name, r.Schema
	if r.Desired.unsaid[before] {
		r.Desired.unsaid[r.Schema] = true
	}
	return before, nil
}

// requested is an error where a schema is declared that is not asked for.
func (r *run) requested() error {
	for _, ns := range r.Desired.Realm.Schemas {
		if r.Schema == "" && len(r.Schemas) > 0 && !r.Desired.inspected && !slices.Contains(r.Schemas, ns.Name) {
			return outOfScope("schema %q is declared and is not asked for; all schemas in HCL files must be", ns.Name)
		}
	}
	return nil
}

// join adds the policies from elsewhere.
func (r *run) join() error {
	for _, task := range r.Tasks {
		for _, before := range r.tasks {
			if r.qualified(before.Table) == r.qualified(task.Table) {
				return &planner.DuplicateTableError{Table: r.qualified(task.Table), First: before.Table, Second: task.Table}
			}
		}
		r.tasks = append(r.tasks, task)
	}
	var err error
	r.tasks = slices.DeleteFunc(r.tasks, func(t lifecycle.Task) bool {
		out, wrong := r.leavesOut(r.qualified(t.Table))
		err = cmp.Or(err, wrong)
		return out
	})
	return err
}

// leavesOut reports whether a table lies outside of what the run is about: then its partitions do as well.
func (r *run) leavesOut(name catalog.Name) (bool, error) {
	if r.Schema == "" && len(r.Schemas) > 0 && !slices.Contains(r.Schemas, name.Schema) {
		return true, nil
	}
	ns := schema.New(name.Schema).AddTables(schema.NewTable(name.Table))
	realm := schema.NewRealm(ns)
	var err error
	if r.Schema == "" {
		_, err = schema.ExcludeRealm(realm, r.Exclude)
	} else {
		_, err = schema.ExcludeSchema(ns, r.Exclude)
	}
	return len(realm.Schemas) == 0 || len(ns.Tables) == 0, err
}
