// Package words says the quantities of a plan as people say them: lengths of time, sizes, windows, policies, and what a
// lock means for those who use the table.
//
//	words.Bytes(310_000_000)          // 310 MB
//	words.Length(36 * time.Hour)      // 1 day 12 hours
//	words.Window(op.Window, zone)     // 2026-11-20 to 2026-11-21
//	words.Plural(3, "partition")      // 3 partitions
package words
