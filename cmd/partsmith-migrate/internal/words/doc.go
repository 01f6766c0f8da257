// Package words says what a plan is about as people say it: instants, windows, policies, runway, and what a lock means for those
// who use the table. Numbers and sizes are those of package human.
//
//	words.Window(op.Window, zone)     // 2026-11-20 to 2026-11-21
//	words.Instant(op.DropAt, zone)    // 2026-11-27 14:30
package words
