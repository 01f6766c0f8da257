// Package inspect is an Atlas inspector over one session that knows about partitions.
//
// Atlas sees a partitioned table and none of its partitions, but takes a partition that was detached for an ordinary table
// that nobody wants. Here inspection hides what belongs to the lifecycle and to other tools, and two misreadings are repaired:
//
//	inspector, err := inspect.New(conn, inspect.Options{Schema: "public"})
//	...
//	current, err := inspector.InspectSchema(ctx, "public", nil) // without detached partitions and version tables
//	for _, hidden := range inspector.Hidden {
//		fmt.Println(hidden.Name, hidden.Why)
//	}
//
// It goes into Atlas's driver in place of the driver's own. The driver's Differ stays: with it a dev database is restored.
package inspect
