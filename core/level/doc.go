// Package level knows how one level of a partitioned table is divided, and is all that knows it: which partitions a rule wants
// at a cursor and which have expired, what a bound in the catalog says, how that of a new partition is written and what it is
// called, and what is strange about those that exist. A level is divided by windows of time; other divisions come in as further
// implementations of Division, and nothing above this package tells them apart.
//
//	l, err := level.Read(table, level.Rule{Every: period.Days(1), Ahead: period.Windows(3)}, period.Instant(at))
//	for _, p := range l.Missing(nil) {
//		fmt.Println(l.Name(p), l.Key(p.Share).Bound())
//	}
//
// Everything here is pure: no clock, no database, no file. What depends on more than the catalog says, package lifecycle asks.
package level
