package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Reading is one look at the database and the plans made from it.
type Reading struct {
	Server        catalog.Server
	Tables        []catalog.Table  // one for each task, in the same order
	Plans         []lifecycle.Plan // one for each task, in the same order
	VersionTables []catalog.Name   // of known migrators, where they exist
}

// Due tells whether any plan changes anything.
func (r Reading) Due() bool {
	for _, p := range r.Plans {
		if p.Due() {
			return true
		}
	}
	return false
}

// ReadPlans reads the catalog once for all tasks and plans each of them, in one transaction that only reads, where no name
// resolves elsewhere (catalog.Reading). Where a plan asks, the questions are put to the database and the plan is made anew, at
// most four times. It changes nothing, takes no advisory lock, and no lock on anybody's table beyond ACCESS SHARE for questions.
// A zero at is the server's now(). It works on a standby, too, where Reading.Server.Check tells what cannot be done. On a
// session that is inside a transaction it gives ErrInTransaction.
func ReadPlans(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	var reading Reading
	err := catalog.Reading(ctx, conn, func(r *catalog.Reader) (err error) {
		reading, err = readPlans(ctx, r, tasks, at)
		return err
	})
	switch {
	case errors.Is(err, catalog.ErrInTransaction):
		return Reading{}, ErrInTransaction
	case err != nil:
		return Reading{}, err
	}
	return reading, nil
}

func readPlans(ctx context.Context, reader *catalog.Reader, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	var wants []catalog.Want
	for _, t := range tasks {
		wants = append(wants, catalog.Want{Table: t.Table, Schema: t.Policy.Schema})
	}
	snapshot, err := reader.Read(ctx, wants)
	if err != nil {
		return Reading{}, fmt.Errorf("read catalog: %w", err)
	}
	if err := snapshot.Server.CheckReading(); err != nil {
		return Reading{}, err
	}
	if err := distinct(tasks, snapshot.Tables); err != nil {
		return Reading{}, err
	}
	if at.IsZero() {
		at = snapshot.Server.Now
	}
	r := Reading{Server: snapshot.Server, Tables: snapshot.Tables, VersionTables: snapshot.VersionTables}
	zones, known := period.Zones(r.Server.TimeZones...), sync.OnceValue(period.KnownZones)
	for i, t := range tasks {
		r.Tables[i].Server.Zones = zones
		t.Refuse(&r.Tables[i])
		plan, err := planTable(ctx, reader, &r.Tables[i], t.Policy, at, known)
		if err != nil {
			return Reading{}, fmt.Errorf("read %s: %w", t.Table, err)
		}
		r.Plans = append(r.Plans, plan)
	}
	lifecycle.Reconcile(r.Tables, r.Plans)
	return r, nil
}

// distinct refuses tasks that name one table twice: two policies for it would undo each other's work.
func distinct(tasks []lifecycle.Task, tables []catalog.Table) error {
	seen := map[uint32]int{}
	for i, table := range tables {
		first, twice := seen[table.OID]
		if twice && table.OID != 0 {
			return &DuplicateTableError{Table: table.Name, First: tasks[first].Table, Second: tasks[i].Table}
		}
		seen[table.OID] = i
	}
	return nil
}

// planTable plans one table with all that must be read for it: answers, and where its bounds are midnights of no zone that the server
// named, the known zones of the tz database.
func planTable(ctx context.Context, reader *catalog.Reader, table *catalog.Table, policy lifecycle.Policy, at time.Time,
	known func() []*time.Location) (lifecycle.Plan, error) {
	plan, err := planAnswered(ctx, reader, table, policy, at)
	if err != nil {
		return lifecycle.Plan{}, err
	}
	strange := plan.StrangeEdges()
	if len(strange) == 0 {
		return plan, nil
	}
	if table.Server.OtherZones = period.ZonesOf(strange, known()); len(table.Server.OtherZones) == 0 {
		return plan, nil
	}
	return planAnswered(ctx, reader, table, policy, at)
}

// planAnswered plans, asking a few times. What is asked after that counts as not answered.
func planAnswered(ctx context.Context, reader *catalog.Reader, table *catalog.Table, policy lifecycle.Policy, at time.Time) (lifecycle.Plan, error) {
	plan := lifecycle.MakePlan(*table, policy, at)
	for range lifecycle.MostAsked {
		if len(plan.Asks) == 0 {
			return plan, nil
		}
		if err := reader.Answer(ctx, table, plan.Asks, 0); err != nil {
			return lifecycle.Plan{}, err
		}
		plan = lifecycle.MakePlan(*table, policy, at)
	}
	if len(plan.Asks) == 0 {
		return plan, nil
	}
	for _, ask := range plan.Asks {
		table.Answers[ask] = catalog.Answer{Cause: "the answers so far raised further questions"}
	}
	return lifecycle.MakePlan(*table, policy, at), nil
}
