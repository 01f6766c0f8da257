package atlasext

import (
	"context"
	"database/sql"
	"fmt"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Driver is Atlas's driver for PostgreSQL, over one session, with an Inspector that hides what belongs to the lifecycle and
// repairs two misreadings. It is a migrate.Driver, and not safe for concurrent use.
type Driver struct {
	*postgres.Driver
	scope     string
	inspector *inspect.Inspector
}

var _ migrate.Driver = (*Driver)(nil)

// DriverOptions say what inspection hides. The zero value is right for a connection that sees the whole database.
type DriverOptions struct {
	// Schema is the one schema that the connection is scoped to; empty: the whole database.
	Schema string
	// VersionTables of other tools, which Atlas must not drop; nil: DefaultVersionTables. A name without schema is hidden in
	// whatever schema it is found.
	VersionTables []catalog.Name
	// PartitionSchemas are where policies make partitions. Such a schema is hidden also as long as it is empty.
	PartitionSchemas []string
	// Declared is what the desired state names. A version table or a schema that it declares is not hidden.
	Declared *schema.Realm
	// DropFormer are tables that were partitions, as far as can be seen, and are not hidden even so. Others are, unless they are declared.
	DropFormer []catalog.Name
}

// Hidden is something that inspection leaves out.
type Hidden struct {
	Name catalog.Name // without Table: a whole schema
	Why  string       // a clause
}

// DefaultVersionTables are those of all migrators that lock knows, in whatever schema they are.
func DefaultVersionTables() []catalog.Name {
	var tables []catalog.Name
	for _, name := range lock.VersionTables() {
		tables = append(tables, catalog.Name{Table: name})
	}
	return tables
}

// Open makes a driver over one session, which stays the caller's. It reads settings of the server and locks nothing.
func Open(conn *sql.Conn, options DriverOptions) (*Driver, error) {
	if options.VersionTables == nil {
		options.VersionTables = DefaultVersionTables()
	}
	base, err := inspect.Open(conn)
	if err != nil {
		return nil, err
	}
	inspector, err := inspect.New(conn, inspect.Options(options))
	if err != nil {
		return nil, err
	}
	base.Inspector = inspector
	return &Driver{Driver: base, scope: options.Schema, inspector: inspector}, nil
}

// Hidden is what the latest inspection left out, in the order of names.
func (d *Driver) Hidden() []Hidden {
	var all []Hidden
	for _, h := range d.inspector.Hidden {
		all = append(all, Hidden(h))
	}
	return all
}

// Findings are what a person should know about the latest inspection.
func (d *Driver) Findings() []lifecycle.Finding { return d.inspector.Findings() }

// Snapshot is Atlas's, for the schema that the connection is scoped to. Atlas itself knows of a scope only where it made the
// connection from a URL.
func (d *Driver) Snapshot(ctx context.Context) (migrate.RestoreFunc, error) {
	if d.scope == "" {
		return d.Driver.Snapshot(ctx)
	}
	s, err := d.InspectSchema(ctx, d.scope, nil)
	if err != nil {
		return nil, err
	}
	if len(s.Tables) > 0 {
		return nil, &migrate.NotCleanError{State: schema.NewRealm(s), Reason: fmt.Sprintf("found table %q in schema %q", s.Tables[0].Name, s.Name)}
	}
	return d.SchemaRestoreFunc(s), nil
}

// CheckClean is Atlas's, for the schema that the connection is scoped to.
func (d *Driver) CheckClean(ctx context.Context, revisions *migrate.TableIdent) error {
	if d.scope == "" {
		return d.Driver.CheckClean(ctx, revisions)
	}
	s, err := d.InspectSchema(ctx, d.scope, nil)
	if err != nil {
		return err
	}
	for _, t := range s.Tables {
		if revisions == nil || t.Name != revisions.Name || revisions.Schema != "" && revisions.Schema != s.Name {
			return &migrate.NotCleanError{State: schema.NewRealm(s), Reason: fmt.Sprintf("found table %q in schema %q", t.Name, s.Name)}
		}
	}
	return nil
}
