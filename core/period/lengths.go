package period

import "time"

// Spans as they are said: Days(90), Months(3), IDs(5_000_000). Each is what ParseSpan reads from the same words, and of 0 it is a
// span that was given as nothing. None of them fails: whether a length makes sense where it is used is for Grid.Check and for
// the policy to say.

// Minutes is a length on the clock.
func Minutes(n int) Span { return Span{Exact: time.Duration(n) * time.Minute, Set: true} }

// Hours is a length on the clock: on a day when clocks change, 24 of them are no day.
func Hours(n int) Span { return Span{Exact: time.Duration(n) * time.Hour, Set: true} }

// Days are days of the calendar, with 23 or 25 hours where clocks change.
func Days(n int) Span { return Span{Days: n, Set: true} }

// Weeks are seven days each; windows of weeks begin on Monday.
func Weeks(n int) Span { return Days(7 * n) }

// Months are months of the calendar.
func Months(n int) Span { return Span{Months: n, Set: true} }

// Quarters are three months each.
func Quarters(n int) Span { return Months(3 * n) }

// Years are twelve months each.
func Years(n int) Span { return Months(12 * n) }

// Windows are as long as the windows of a policy are: its `ahead` and `keep` can be counted in them, the current one included.
func Windows(n int) Span { return Span{Windows: n, Set: true} }

// IDs is a length of a key that counts.
func IDs(n int64) Span { return Span{IDs: n, Set: true} }
