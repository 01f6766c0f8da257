// Package blocker names who stands in the way of an operation: the sessions that hold a lock which it wants, or a snapshot that
// it waits for.
//
//	found, err := blocker.Find(ctx, conn, step.Operations)
//	for _, b := range found {
//		fmt.Println(b) // pid 4711 (report, idle in transaction, transaction of 3m2s)
//	}
//
// It only reads, and takes no lock on any table.
package blocker
