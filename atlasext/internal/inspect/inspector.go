package inspect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Hidden is something that inspection leaves out.
type Hidden struct {
	Name catalog.Name // without Table: a whole schema
	Why  string       // a clause
}

// inspector is Atlas's, on a repaired session, without what is not Atlas's business.
type inspector struct {
	schema.Inspector
	conn    *sql.Conn
	options Options
	repair  *repair
	hidden  []Hidden
}

// InspectRealm is Atlas's without what is hidden, and without schemas that hold nothing else.
func (i *inspector) InspectRealm(ctx context.Context, o *schema.InspectRealmOption) (*schema.Realm, error) {
	i.repair.begin()
	realm, err := i.Inspector.InspectRealm(ctx, o)
	if err != nil {
		return nil, err
	}
	s, err := readStrangers(ctx, i.conn)
	if err != nil {
		return nil, err
	}
	i.hidden = nil
	realm.Schemas = slices.DeleteFunc(realm.Schemas, func(ns *schema.Schema) bool {
		i.hide(ns, s)
		return i.emptied(ns, s)
	})
	return realm, nil
}

// InspectSchema is Atlas's without what is hidden.
func (i *inspector) InspectSchema(ctx context.Context, name string, o *schema.InspectOptions) (*schema.Schema, error) {
	i.repair.begin()
	if name == "" {
		name = i.options.Schema
	}
	ns, err := i.Inspector.InspectSchema(ctx, name, o)
	if err != nil {
		return nil, err
	}
	s, err := readStrangers(ctx, i.conn)
	if err != nil {
		return nil, err
	}
	i.hidden = nil
	i.hide(ns, s)
	return ns, nil
}

// hide takes tables out of a schema.
func (i *inspector) hide(ns *schema.Schema, s strangers) {
	ns.Tables = slices.DeleteFunc(ns.Tables, func(t *schema.Table) bool {
		name := catalog.Name{Schema: ns.Name, Table: t.Name}
		why := ""
		if parent, orphan := s.orphans[name]; orphan {
			why = "it was a partition of " + parent.String() + " and waits to be dropped"
		} else if i.isVersionTable(name) && !i.declares(name) {
			why = "it is the version table of a migrator"
		}
		if why != "" {
			i.hidden = append(i.hidden, Hidden{name, why})
		}
		return why != ""
	})
}

// emptied tells whether nothing is left to see of a schema that is not empty.
func (i *inspector) emptied(ns *schema.Schema, s strangers) bool {
	hides := slices.ContainsFunc(i.hidden, func(h Hidden) bool { return h.Name.Schema == ns.Name })
	home, n := slices.Contains(i.options.PartitionSchemas, ns.Name), s.partitions[ns.Name]
	if len(ns.Tables)+len(ns.Objects) > 0 || !hides && !home && n == 0 || i.declaresSchema(ns.Name) {
		return false
	}
	why := "all that it holds is hidden"
	switch {
	case n > 0:
		why = fmt.Sprintf("it holds %d partitions of tables", n)
	case home:
		why = "partitions will be made in it"
	}
	i.hidden = append(i.hidden, Hidden{catalog.Name{Schema: ns.Name}, why})
	return true
}

func (i *inspector) isVersionTable(name catalog.Name) bool {
	return slices.ContainsFunc(i.options.VersionTables, func(v catalog.Name) bool {
		return v.Table == name.Table && (v.Schema == "" || v.Schema == name.Schema)
	})
}

func (i *inspector) declares(name catalog.Name) bool {
	if i.options.Declared == nil {
		return false
	}
	ns, ok := i.options.Declared.Schema(name.Schema)
	if !ok {
		return false
	}
	_, ok = ns.Table(name.Table)
	return ok
}

func (i *inspector) declaresSchema(name string) bool {
	if i.options.Declared == nil {
		return false
	}
	_, ok := i.options.Declared.Schema(name)
	return ok
}
