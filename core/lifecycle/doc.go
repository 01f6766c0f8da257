// Package lifecycle makes time pass safely for partitioned tables: it creates the partitions that the next rows need and
// retires those that a policy no longer keeps.
//
// The centre is one pure function, MakePlan: from what the catalog says (catalog.Table), a Policy and an instant to a
// Plan. A Plan is data. It holds Steps, each one transaction or one statement outside any; a Step holds Operations, each
// with its reason, its locks and its SQL; and it holds Findings, which are what a person should know. Nothing is decided
// anywhere else, and only Executor changes a database.
//
//	conn, err := db.Conn(ctx)
//	...
//	tasks := []lifecycle.Task{{
//		Table: catalog.Name{Schema: "public", Table: "events"},
//		Policy: lifecycle.Policy{
//			Every:     period.Span{Days: 1, Set: true},
//			Keep:      period.Span{Days: 90, Set: true},
//			DropAfter: period.Span{Days: 7, Set: true},
//		},
//	}}
//	reading, err := lifecycle.ReadPlans(ctx, conn, tasks, time.Time{}) // reads only: what would be done, and why
//	...
//	executor := lifecycle.Executor{Locker: locker}
//	results, err := executor.Run(ctx, conn, tasks, time.Time{})
//
// # What is retired
//
// A partition has expired when its upper bound is at or below the policy's cutoff. It is then detached, marked in its
// comment with its parent, the instant and its bound, waits for DropAfter, and is dropped. Without Keep nothing expires;
// without DropAfter nothing is dropped. Nothing is dropped that is attached, that carries no marker of this parent, whose
// OIDs are not those of the marker, or whose comment has changed since it was planned. CASCADE is never used.
//
// # What others notice
//
// A new partition is made as a table of its own and attached, so readers and writers of the parent go on (PostgreSQL 12
// and later). Whatever takes a lock that others need comes last in its transaction, travels in one message with COMMIT,
// and is bounded by lock_timeout and statement_timeout (Limits): we give up and try again, others do not wait.
package lifecycle
