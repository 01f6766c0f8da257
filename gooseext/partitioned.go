package gooseext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// Partitioned is a partitioned table that a migration makes.
type Partitioned struct {
	Table  string           // its name as SQL writes it
	SQL    string           // what makes it: CREATE TABLE … PARTITION BY RANGE (…), its indexes, and whatever else belongs to it
	Policy lifecycle.Policy // says which partitions it begins with
	Down   string           // SQL that takes it back; empty: DROP TABLE of it, which drops its rows
	At     time.Time        // the instant for which partitions are made; zero: the server's now()
}

// CreatePartitioned is a Go migration that makes a partitioned table together with its first partitions, in one transaction
// with goose's version row: nobody ever sees the table without them. Source is the name of its file, 00007_events.go.
//
// Down drops the table with what is attached to it. Partitions that were detached before stay: they are neither
// attached to a table that a later up makes nor dropped with its retirement, for it is another table.
//
// Where another session holds a lock that the SQL needs, everything is undone and tried again, for up to 30 s.
func CreatePartitioned(source string, p Partitioned) (*goose.Migration, error) {
	name, err := catalog.ParseName(p.Table)
	if err != nil {
		return nil, fmt.Errorf("make migration %s: %w", source, err)
	}
	if p.SQL == "" {
		return nil, fmt.Errorf("make migration %s: no SQL makes the table %s", source, name)
	}
	if err := p.Policy.Check(name); err != nil {
		return nil, fmt.Errorf("make migration %s: policy of %s: %w", source, name, err)
	}
	down := p.Down
	if down == "" {
		down = ddl.Drop(name)
	}
	task := lifecycle.Task{Table: name, Policy: p.Policy}
	up := func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, p.SQL); err != nil {
			return err
		}
		return createFirst(ctx, tx, task, p.At)
	}
	return transactional(source,
		patient("make partitioned table "+name.String(), up),
		patient("drop partitioned table "+name.String(), text(down)))
}

// createFirst gives a table that this transaction made its partitions.
func createFirst(ctx context.Context, tx *sql.Tx, task lifecycle.Task, at time.Time) error {
	var plan lifecycle.Plan
	err := lookedAt(ctx, tx, func() (err error) {
		plan, err = planner.Within(ctx, tx, task, at)
		return err
	})
	if err != nil {
		return err
	}
	if err := planned(plan); err != nil {
		return err
	}
	for _, step := range plan.Only(lifecycle.Create).Steps {
		for _, statement := range step.All() {
			if _, err := tx.ExecContext(ctx, statement.SQL); err != nil {
				return fmt.Errorf("make its partitions: %w", err)
			}
		}
	}
	return nil
}

// planned is nil where everything that the policy wants was planned.
func planned(plan lifecycle.Plan) error {
	var errs []error
	for _, f := range plan.Findings {
		if f.Severity == lifecycle.Error {
			errs = append(errs, executor.Refusal(plan.Table, f))
		}
	}
	return errors.Join(errs...)
}
