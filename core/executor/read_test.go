package executor

import (
	"testing"

	"github.com/matryer/is"
)

// ReadDue makes the same plans, and keeps nothing of the partitions that they were made from.
func TestReadDueForgetsPartitions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, tasks := yard(t, 5)
	whole, err := ReadPlans(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	due, err := ReadDue(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	is.Equal(len(due.Tables), 5)
	for i, found := range due.Tables {
		plan := found.Plan
		is.Equal(found.Task, tasks[i])
		is.Equal(plan.Steps, whole.Tables[i].Plan.Steps)
		is.Equal(len(plan.Operations()), 3)
		is.Equal(plan.Attached, 1)
		is.Equal(len(whole.Tables[i].Table.Partitions), 1)
		is.Equal(len(found.Table.Partitions)+len(found.Table.ForeignKeys), 0)
		is.Equal(found.Table.OID, plan.OID)
	}
}
