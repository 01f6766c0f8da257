package atlasext

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"time"

	"ariga.io/atlas/sql/schema"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// DefaultLockName is the lock of Atlas's own `migrate apply`.
const DefaultLockName = "atlas_migrate_execute"

// lockerOf takes the lock of a name as Atlas does.
func lockerOf(name string) (lock.Locker, error) {
	scheme, err := lock.ParseScheme("name:" + cmp.Or(name, DefaultLockName))
	if err != nil {
		return nil, err
	}
	return scheme.Locker(), nil
}

// TxMode is how the schema phase is divided into transactions.
type TxMode string

// The modes, by Atlas's names.
const (
	TxFile TxMode = "file" // all of it is one transaction; the default
	TxNone TxMode = "none" // every statement stands alone; what was done before one that fails stays
)

// Runner changes a schema into what is desired, makes the partitions that the next days need and retires those that have
// expired. It needs a Desired; everything else may be left out.
type Runner struct {
	Desired *Desired
	Tasks   []lifecycle.Task // policies from elsewhere than the desired state; one table in both is an error

	Schema  string   // the one schema that the connection is scoped to; empty: the whole database
	Schemas []string // of the whole database only these; none: all
	Exclude []string // patterns of what Atlas leaves alone, in its own syntax

	// Skip has one of each kind of changes that the difference leaves out, as schema.DiffSkipChanges takes them: &schema.DropTable{}
	// for no table to be dropped. Partitions are no part of the difference.
	Skip []schema.Change

	VersionTables []catalog.Name // of other tools, left alone; nil: DefaultVersionTables
	Allow         []Allowed      // guards that are lifted, each for one table
	DropFormer    []catalog.Name // tables with their schema that were partitions, as far as can be seen, and may be dropped even so

	Approved *Plan // what a person has said yes to: where something else is due by then, nothing is done; nil: no question was asked

	LockName string        // of the lock, hashed as Atlas does; empty: DefaultLockName
	Wait     time.Duration // for that lock; zero: it is tried once

	TxMode       TxMode        // empty: TxFile
	LockTimeout  time.Duration // lock_timeout of the statements of the schema phase; zero: 500 ms
	RetryFor     time.Duration // how long the schema phase is tried again when others are in the way; zero: 30 s, negative: once
	Concurrently bool          // build and drop indexes of existing tables without locking writers out, outside the transaction

	At         time.Time         // the run's only clock; zero: the server's now()
	CreateOnly bool              // nothing is retired
	Strict     bool              // all incomplete maintenance is an error, not only what leaves too little runway
	Executor   executor.Executor // further settings for partitions; Locker, Held and MaxTime are set here as in plugin.Lifecycle
	Log        *slog.Logger      // nil: nothing is logged
}

// Plan reads and says what Run would do. It takes no lock and changes nothing. Guards that stand in the way are part of the plan,
// not an error.
//
// An error is a desired state or a policy that cannot be followed, or what kept it from reading.
func (r Runner) Plan(ctx context.Context, conn *sql.Conn) (*Plan, error) {
	return r.on(conn).plan(ctx)
}

// Run does what is due, on the one session conn. Where nothing is due it takes no lock.
//
// Else it takes the lock, looks again, and changes the schema in one transaction, which is tried again while others are in the
// way. Then it creates partitions, also of tables that it has just made; then it retires, taking the lock step by step. At the
// end it looks again: that the schema still differs is the finding still_differs of Report.Plan, and with Strict an error that wraps ErrNotConverged.
//
// Errors: a RefusedError where a guard stands in the way, after creation of what is due; ErrPlanChanged where what is due is not what was Approved; a lock.BusyError where another session has the lock and more than
// retirement is due; a ChangeError for a statement of the schema phase, after which nothing is retired; a
// plugin.IncompleteError about partitions; the end of ctx. The session is left with the settings it had, or closed for good.
func (r Runner) Run(ctx context.Context, conn *sql.Conn) (*Report, error) {
	return r.on(conn).run(ctx)
}
