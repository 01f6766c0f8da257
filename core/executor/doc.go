// Package executor carries plans out. It is the only code that changes a database.
//
//	conn, err := db.Conn(ctx)
//	...
//	tasks := []lifecycle.Task{{
//		Table: catalog.Name{Schema: "public", Table: "events"},
//		Policy: lifecycle.Policy{
//			Every:     period.Days(1),
//			Keep:      period.Days(90),
//			DropAfter: period.Days(7),
//		},
//	}}
//	reading, err := planner.Read(ctx, conn, tasks, time.Time{}) // reads only: what would be done, and why
//	...
//	e := executor.Executor{Locker: locker}
//	results, err := e.Run(ctx, conn, tasks, time.Time{})
//
// # What others notice
//
// A new partition is made as a table of its own and attached, so readers and writers of the parent go on (PostgreSQL 12
// and later). Whatever takes a lock that others need comes last in its transaction, travels in one message with COMMIT,
// and is bounded by lock_timeout and statement_timeout (Limits): we give up and try again, others do not wait.
package executor
