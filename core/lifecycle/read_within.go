package lifecycle

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// PlanWithin reads and plans one table inside a transaction, which may itself have made the table: so a migration can give
// a new table its first partitions. A zero at is the server's now().
//
// It changes nothing, but leaves settings behind that last until the transaction ends, so it is called behind a savepoint
// that is then rolled back to. Of the plan only what works inside a transaction can be carried out there: no Step that is
// Outside.
func PlanWithin(ctx context.Context, tx *sql.Tx, task Task, at time.Time) (Plan, error) {
	snapshot, err := catalog.Read(ctx, tx, []catalog.Want{{Table: task.Table, Schema: task.Policy.Schema}})
	if err != nil {
		return Plan{}, fmt.Errorf("read catalog: %w", err)
	}
	if err := snapshot.Server.Check(); err != nil {
		return Plan{}, err
	}
	if at.IsZero() {
		at = snapshot.Server.Now
	}
	task.refuse(&snapshot.Tables[0])
	return planTable(&snapshot.Tables[0], task.Policy, at, func(table *catalog.Table, asks []catalog.Ask) error {
		return catalog.AnswerWithin(ctx, tx, table, asks, 0)
	})
}
