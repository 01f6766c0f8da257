package planner

import (
	"context"
	"database/sql"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Within reads and plans one table inside a transaction, which may itself have made the table: so a migration can give
// a new table its first partitions. A zero at is the server's now().
//
// It changes nothing, but leaves settings behind that last until the transaction ends, so it is called behind a savepoint
// that is then rolled back to. Of the plan only what works inside a transaction can be carried out there: no Step that is
// Outside.
func Within(ctx context.Context, tx *sql.Tx, task lifecycle.Task, at time.Time) (lifecycle.Plan, error) {
	reader, err := catalog.ReadingWithin(ctx, tx)
	if err != nil {
		return lifecycle.Plan{}, err
	}
	reading, err := readPlans(ctx, reader, []lifecycle.Task{task}, at, func(*catalog.Table) {})
	if err != nil {
		return lifecycle.Plan{}, err
	}
	return reading.Tables[0].Plan, nil
}
