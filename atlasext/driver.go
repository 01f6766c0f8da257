package atlasext

import (
	"context"
	"database/sql"

	"ariga.io/atlas/sql/migrate"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/desired"
	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Driver is Atlas's driver for PostgreSQL, over one session, with an Inspector that hides what belongs to the lifecycle and
// repairs two misreadings. It is a migrate.Driver. Its Hidden and Findings tell about the latest inspection.
type Driver = inspect.Driver

// DriverOptions say what inspection hides. The zero value is right for a connection that sees the whole database.
type DriverOptions = inspect.Options

// Hidden is something that inspection leaves out, and why.
type Hidden = inspect.Hidden

var _ migrate.Driver = (*Driver)(nil)

// Open makes a driver over one session, which stays the caller's. It reads settings of the server and locks nothing.
func Open(conn *sql.Conn, options DriverOptions) (*Driver, error) { return inspect.Open(conn, options) }

// Excludes are the patterns that a user of the stock `atlas schema apply` must pass to --exclude, so that it leaves alone what a
// Driver hides or repairs: exact names, each meant for itself, with the schema unless the connection is scoped to one. They hold
// at the moment: after every run that creates, detaches or drops, they are others. It only reads.
func Excludes(ctx context.Context, conn *sql.Conn, options DriverOptions) ([]string, error) {
	return inspect.Excludes(ctx, conn, options)
}

// DefaultVersionTables are the version tables of Atlas and goose, in whatever schema they are.
func DefaultVersionTables() []catalog.Name { return inspect.DefaultVersionTables() }

// Source says where the desired state comes from: HCL or SQL files, or a *schema.Realm that Go code made. Its Read evaluates it.
type Source = desired.Source

// Desired is what a schema should be, and the policies that stand beside it. A Runner may change the name of its schema.
type Desired = desired.Desired
