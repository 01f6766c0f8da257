// Package change carries the statements of a schema change out, one by one, so that every failure keeps its SQLSTATE:
//
//	phase := change.Phase{Conn: conn, LockTimeout: 500 * time.Millisecond, RetryFor: 30 * time.Second, Version: 180000}
//	if err := phase.Apply(ctx, changes, false); err != nil {
//		var failed *change.Error
//		... // errors.As: which statement, and what the server said
//	}
//	fmt.Println(len(phase.Applied), phase.Attempts)
//
// What others are in the way of is rolled back as a whole, and tried again after a pause.
package change
