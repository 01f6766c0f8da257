// Package planner reads tables from a database and makes their plans: what is due, and why. It changes nothing.
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
//	reading, err := planner.Read(ctx, conn, tasks, time.Time{})
//	for _, t := range reading.Tables {
//		for _, op := range t.Plan.Operations() {
//			fmt.Println(op.ID, op.Reason)
//		}
//	}
//
// lifecycle.MakePlan is the pure function behind it; here its questions are put to the database.
package planner
