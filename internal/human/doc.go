// Package human writes numbers, sizes and lengths of time as people read them, everywhere alike.
//
//	human.Plural(3, "partition")    // 3 partitions
//	human.Bytes(310_000_000)        // 310 MB
//	human.Length(332 * time.Hour)   // 13 days 20 hours
package human
