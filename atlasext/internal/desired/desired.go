package desired

import (
	"context"
	"database/sql"

	"ariga.io/atlas/sql/schema"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/document"
)

// Desired is what a schema should be, and the policies that stand beside it. A Runner may change the name of its schema.
type Desired struct {
	Realm    *schema.Realm
	Policies []document.Table // of `lifecycle` blocks, each with its place
}

// Source says where the desired state comes from.
type Source struct {
	Files     []string             // HCL or SQL files, or folders of either; not both kinds together
	Realm     *schema.Realm        // instead of Files: made by Go code
	Variables map[string]cty.Value // of HCL files
	Schema    string               // the one schema that the connection is scoped to; empty: the whole database

	// Dev is a session of an empty database where SQL files are run, and where expressions get the form that the server gives
	// them. It is left empty. SQL files need it; without it expressions of HCL must be written as the server prints them.
	Dev *sql.Conn
}

// Read evaluates the source. It reads files, and works in the dev database, if there is one.
//
// Errors in HCL name file and line; what is wrong with `lifecycle` blocks is a document.Errors. A dev database that is not
// empty is a migrate.NotCleanError, and is not touched.
func (s Source) Read(ctx context.Context) (*Desired, error) {
	return s.read(ctx)
}
