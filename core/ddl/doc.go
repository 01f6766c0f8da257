// Package ddl writes the statements that change a database, as functions of values: which tables, which bound, which comment.
// It decides nothing and sends nothing.
//
// Statements go by name, and plans are made before locks are had. So whatever writes a comment, attaches, detaches or drops
// first takes its lock, and then asks once more, in the same transaction, whether everything is still as it was planned: that
// question is a Guard, and what it asks are Preconditions.
//
//	statements := ddl.Compact(
//		ddl.AsRole(owner).Held(),
//		ddl.Lock(partition, ddl.AccessExclusive),
//		ddl.Guard(partition, oid, ddl.NotAttached(), ddl.Commented(marker)),
//		ddl.Statement{SQL: ddl.Drop(partition), Holds: true},
//	)
//
// Statements may run under any search_path, which an event trigger of the user's may need. So every function, type and operator
// is named with its schema: an operator that somebody else made for exactly these types is never reached.
package ddl
