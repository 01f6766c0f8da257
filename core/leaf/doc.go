// Package leaf knows what new partitions of a table are like: what a rule says, what the table gives them, and what all existing
// partitions have and the table lacks, made as the newest has it. It writes the statements that make one.
//
//	like := leaf.Of(&table, leaf.Rule{}, false, newest, leaves)
//	for _, statement := range like.Create(name) {
//		fmt.Println(statement.SQL)
//	}
//
// Everything here is pure. What existing partitions have is asked for by package lifecycle: Likeness.Own is the question.
package leaf
