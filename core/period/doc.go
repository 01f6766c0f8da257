// Package period is the axis that a partition key is divided along, and nothing else: it knows neither clock nor
// database. Points are instants or ids; a Window is the half-open stretch between two of them; a Calendar divides the
// axis into windows, and Grid is the calendar of one unit, such as the days of a time zone. A Pattern names the
// partition of a window and finds the window of a name; an Encoding writes a point as a literal of the key's type and
// reads it back. Span is a length: of a window, or of how far ahead and back a policy looks.
//
// The partitions of the next three days of a table in Berlin's days:
//
//	berlin, err := period.ParseZone("Europe/Berlin")
//	days := period.Grid{Every: period.Days(1), Zone: berlin}
//	names, err := period.ParsePattern(days.Pattern(), days, berlin)
//	key, err := period.EncodingOf("timestamp with time zone", "", berlin)
//	w := days.At(period.Instant(now))
//	for range 3 {
//		fmt.Println(names.Name("events", w), key.Literal(w.From), key.Literal(w.To))
//		w = days.Add(w, 1)
//	}
//
// All of it agrees with PostgreSQL 14 to 18 to the microsecond, also where clocks are changed at midnight. ParseZone
// reads the tz database of the machine; a program that imports time/tzdata works where there is none.
package period
