package planner_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func november() time.Time { return time.Date(2055, 11, 5, 6, 0, 0, 0, time.UTC) }

// yard is some tables of days, each of which has today's partition and lacks the next two; the second references the first.
func yard(t *testing.T, tables int) (*pgtest.Database, []lifecycle.Task) {
	t.Helper()
	db := pgtest.New(t)
	var tasks []lifecycle.Task
	for i := range tables {
		name := fmt.Sprintf("y%d", i+1)
		db.Exec(t, fmt.Sprintf(`create table %[1]s (id bigint, at timestamptz, primary key (id, at)) partition by range (at);
			create table %[1]s_0 partition of %[1]s for values from ('2055-11-05 00:00Z') to ('2055-11-06 00:00Z')`, name))
		tasks = append(tasks, lifecycle.Task{Table: catalog.Name{Schema: "public", Table: name},
			Policy: lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(3)}})
	}
	db.Exec(t, "alter table y2 add foreign key (id, at) references y1 (id, at)")
	return db, tasks
}

// ReadDue makes the same plans, and keeps nothing of the partitions that they were made from.
func TestReadDueForgetsPartitions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 5)
	whole, err := planner.Read(t.Context(), db.Conn(t), tasks, november())
	is.NoErr(err)
	due, err := planner.ReadDue(t.Context(), db.Conn(t), tasks, november())
	is.NoErr(err)
	is.True(due.Due())
	is.Equal(len(due.Tables), 5)
	for i, found := range due.Tables {
		is.Equal(found.Task, tasks[i])
		is.Equal(found.Plan.Steps, whole.Tables[i].Plan.Steps)
		is.Equal(len(found.Plan.Operations()), 2)
		is.Equal(found.Plan.Attached, 1)
		is.Equal(len(whole.Tables[i].Table.Partitions), 1)
		is.Equal(len(found.Table.Partitions)+len(found.Table.ForeignKeys), 0)
		is.Equal(found.Table.OID, found.Plan.OID)
	}
	is.Equal(due.Plans()[1].Table, tasks[1].Table)
	is.Equal(due.Links.References()[1], []int{0})
}

func TestTwoPoliciesForOneTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 2)
	tasks[1].Table = catalog.Name{Table: "y1"}
	_, err := planner.Read(t.Context(), db.Conn(t), tasks, november())
	var twice *planner.DuplicateTableError
	is.True(errors.As(err, &twice))
	is.Equal(twice.Table, tasks[0].Table)
	is.Equal(twice.Error(), "table public.y1 has two policies: it is named as public.y1 and as y1; leave one out")
}

func TestReadInATransaction(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 2)
	conn := db.Conn(t)
	tx, err := conn.BeginTx(t.Context(), nil)
	is.NoErr(err)
	plan, err := planner.Within(t.Context(), tx, tasks[0], november())
	is.NoErr(err)
	is.Equal(len(plan.Operations()), 2)
	_, err = planner.Read(t.Context(), conn, tasks, november())
	is.True(errors.Is(err, catalog.ErrInTransaction))
	is.NoErr(tx.Rollback())
}

// A table is planned alike alone and among so many that they are read part by part.
func TestReadPartByPart(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 120)
	for i := 0; i < 120; i += 7 { // what new partitions are to have as well is asked, with its names
		db.Exec(t, fmt.Sprintf("create index on y%d_0 (at)", i+1))
	}
	reading, err := planner.ReadDue(t.Context(), db.Conn(t), tasks, november())
	is.NoErr(err)
	is.Equal(len(reading.Tables), 120)
	for i, found := range reading.Tables {
		is.Equal(found.Plan.Table, tasks[i].Table)
		is.Equal(len(found.Plan.Operations()), 2)
		if i%20 == 0 || i%49 == 0 {
			alone, err := planner.Read(t.Context(), db.Conn(t), tasks[i:i+1], november())
			is.NoErr(err)
			is.Equal(found.Plan.Steps, alone.Tables[0].Plan.Steps)
		}
	}
}
