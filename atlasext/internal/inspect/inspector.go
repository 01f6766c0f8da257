package inspect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Hidden is something that inspection leaves out.
type Hidden struct {
	Name catalog.Name // without Table: a whole schema
	Why  string       // a clause
}

// Options say what is hidden, as those of a driver do.
type Options struct {
	Schema           string         // the one that the connection is scoped to; empty: the whole database
	VersionTables    []catalog.Name // of other tools; one without schema is hidden in whatever schema it is found
	PartitionSchemas []string       // where policies make partitions: hidden also as long as they are empty
	Declared         *schema.Realm  // what it names is not hidden
	DropFormer       []catalog.Name // former partitions that are not hidden
}

// Inspector is Atlas's, on a repaired session, without what is not Atlas's business.
type Inspector struct {
	schema.Inspector
	ShowAll bool     // nothing is hidden
	Hidden  []Hidden // by the latest inspection, in the order of names
	former  []Former // of these
	conn    *sql.Conn
	options Options
	repair  *repair
}

// New makes an inspector over one session, which stays the caller's.
func New(conn *sql.Conn, options Options) (*Inspector, error) {
	mended := &repair{ExecQuerier: conn}
	// The session is wrapped for inspection alone: Atlas's Lock wants to see a *sql.Conn.
	reader, err := Open(mended)
	if err != nil {
		return nil, err
	}
	return &Inspector{Inspector: reader.Inspector, conn: conn, options: options, repair: mended}, nil
}

// Open makes Atlas's own driver for PostgreSQL.
func Open(db schema.ExecQuerier) (*postgres.Driver, error) {
	drv, err := postgres.Open(db)
	if err != nil {
		return nil, fmt.Errorf("open atlas driver: %w", err)
	}
	pg, ok := drv.(*postgres.Driver)
	if !ok {
		return nil, errors.New("open atlas driver: the server is not PostgreSQL")
	}
	return pg, nil
}

// Findings are what a person should know about the latest inspection.
func (i *Inspector) Findings() []lifecycle.Finding {
	all := i.repair.findings()
	for _, f := range i.former {
		all = append(all, lifecycle.Finding{Code: "former_partition", Severity: lifecycle.Warning, Partition: f.Name,
			Message: fmt.Sprintf("%s is not declared and is left alone, since %s", f.Name, f.Why()),
			Remedy:  fmt.Sprintf("Attach it again, declare it, or have it dropped by --allow-drop-former %s.", f.Name)})
	}
	return all
}

// InspectRealm is Atlas's without what is hidden, and without schemas that hold nothing else.
func (i *Inspector) InspectRealm(ctx context.Context, o *schema.InspectRealmOption) (*schema.Realm, error) {
	i.repair.begin()
	realm, err := i.Inspector.InspectRealm(ctx, o)
	if err != nil || i.ShowAll {
		return realm, err
	}
	s, err := readStrangers(ctx, i.conn)
	if err != nil {
		return nil, err
	}
	i.Hidden, i.former = nil, nil
	realm.Schemas = slices.DeleteFunc(realm.Schemas, func(ns *schema.Schema) bool {
		i.hide(ns, s)
		return i.emptied(ns, s)
	})
	return realm, nil
}

// InspectSchema is Atlas's without what is hidden.
func (i *Inspector) InspectSchema(ctx context.Context, name string, o *schema.InspectOptions) (*schema.Schema, error) {
	i.repair.begin()
	if name == "" {
		name = i.options.Schema
	}
	ns, err := i.Inspector.InspectSchema(ctx, name, o)
	if err != nil || i.ShowAll {
		return ns, err
	}
	s, err := readStrangers(ctx, i.conn)
	if err != nil {
		return nil, err
	}
	i.Hidden, i.former = nil, nil
	i.hide(ns, s)
	return ns, nil
}

// hide takes tables out of a schema.
func (i *Inspector) hide(ns *schema.Schema, s strangers) {
	ns.Tables = slices.DeleteFunc(ns.Tables, func(t *schema.Table) bool {
		name := catalog.Name{Schema: ns.Name, Table: t.Name}
		why := ""
		if parent, detached := s.detached[name]; detached {
			why = "it was a partition of " + parent.String() + " and waits to be dropped"
		} else if i.isVersionTable(name) && !i.declares(name) {
			why = "it is the version table of a migrator"
		} else if f, former := s.former[name]; former && !i.declares(name) && !slices.Contains(i.options.DropFormer, name) {
			i.former, why = append(i.former, f), f.Why()
		}
		if why != "" {
			i.Hidden = append(i.Hidden, Hidden{name, why})
		}
		return why != ""
	})
}

// emptied reports whether nothing is left to see of a schema that is not empty.
func (i *Inspector) emptied(ns *schema.Schema, s strangers) bool {
	hides := slices.ContainsFunc(i.Hidden, func(h Hidden) bool { return h.Name.Schema == ns.Name })
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
	i.Hidden = append(i.Hidden, Hidden{catalog.Name{Schema: ns.Name}, why})
	return true
}

func (i *Inspector) isVersionTable(name catalog.Name) bool {
	return slices.ContainsFunc(i.options.VersionTables, func(v catalog.Name) bool {
		return v.Table == name.Table && (v.Schema == "" || v.Schema == name.Schema)
	})
}

func (i *Inspector) declares(name catalog.Name) bool {
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

func (i *Inspector) declaresSchema(name string) bool {
	if i.options.Declared == nil {
		return false
	}
	_, ok := i.options.Declared.Schema(name)
	return ok
}
