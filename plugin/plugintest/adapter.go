package plugintest

import (
	"context"
	"database/sql"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Adapter is a migrator with a plug-in around it, as the suite drives it.
type Adapter struct {
	Migrator string // what plugin.Run.Migrator says

	// Database makes an empty database for one test and gives its pool.
	Database func(t *testing.T) *sql.DB

	// Locker takes the lock under which the migrator runs; nil: that of goose.
	Locker lock.Locker

	// Run lets the migrator run once over its one migration, with p around it. Called again for the same database, it
	// finds the migration applied and has nothing to do. The error is what a user of the adapter would get.
	Run func(ctx context.Context, db *sql.DB, p plugin.Plugin, m Migration) ([]executor.Result, error)

	// Panics says that Run can run Migration.Code. A migrator that knows only SQL cannot.
	Panics bool

	// Locks says that the migrator sends its statements on the session that holds its lock, so that none of them outlives the
	// lock when the client is killed. One that keeps its lock elsewhere, or takes none, cannot say so.
	Locks bool
}

// Migration is the one migration of a database.
type Migration struct {
	Direction plugin.Direction
	Up        string // SQL that applies it
	Down      string // SQL that takes it back
	Code      func() // with Adapter.Panics: to call before Up; nil: nothing
}
