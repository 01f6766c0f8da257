// Package ask puts questions about tables to the database whose answers cost something: rows of a window in a DEFAULT partition, what
// foreign keys point at, sizes, what a detached partition lacks, what existing partitions have of their own. A plan carries them as
// catalog.Asks; the answers are filed in the table, and the plan is made anew.
//
//	rows := catalog.Ask{Kind: catalog.AskRows, Relation: partition.OID, From: "2026-11-20", To: "2026-11-21"}
//	if err := ask.One(ctx, conn, &table, []catalog.Ask{rows}, time.Second); err != nil {
//		return err
//	}
//	fmt.Println(table.Answers[rows].Count)
//
// It only reads, under limits of time, and takes ACCESS SHARE on what it asks about until it has its answers.
package ask
