// Package inspect is an Atlas driver over one session whose inspection knows about partitions.
//
// Atlas sees a partitioned table and none of its partitions, but takes a partition that was detached for an ordinary table
// that nobody wants. Here inspection hides what belongs to the lifecycle and to other tools, and two misreadings are repaired:
//
//	driver, err := inspect.Open(conn, inspect.Options{Schema: "public"})
//	...
//	current, err := driver.InspectSchema(ctx, "public", nil) // without orphans and version tables
//	for _, hidden := range driver.Hidden() {
//		fmt.Println(hidden.Name, hidden.Why)
//	}
//
// Only the Inspector of Atlas's driver is replaced, in place. Its Differ is not: with it a dev database is restored.
package inspect
