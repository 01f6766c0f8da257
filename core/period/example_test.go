package period_test

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// The partitions of three days in Berlin, on the second of which clocks are put back.
func Example() {
	berlin, err := period.ParseZone("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	days := period.Grid{Every: period.Days(1), Zone: berlin}
	names, err := period.ParsePattern(days.Pattern(), days, berlin)
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := period.EncodingOf("timestamp with time zone", "", berlin)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := days.At(period.Instant(time.Date(2026, time.October, 24, 12, 0, 0, 0, time.UTC)))
	for range 3 {
		fmt.Printf("%s FROM ('%s') TO ('%s')\n", names.Name("events", w), key.Literal(w.From), key.Literal(w.To))
		w = days.Add(w, 1)
	}
	// Output:
	// events__2026_10_24 FROM ('2026-10-23 22:00:00+00') TO ('2026-10-24 22:00:00+00')
	// events__2026_10_25 FROM ('2026-10-24 22:00:00+00') TO ('2026-10-25 23:00:00+00')
	// events__2026_10_26 FROM ('2026-10-25 23:00:00+00') TO ('2026-10-26 23:00:00+00')
}

func ExampleParseSpan() {
	for _, text := range []string{"2 weeks", "1 quarter", "4", "0", "-1 day"} {
		s, err := period.ParseSpan(text)
		fmt.Println(s, s.IsZero(), err)
	}
	// Output:
	// 14 days false <nil>
	// 3 months false <nil>
	// 4 false <nil>
	// 0 true <nil>
	//  true read span: must not be negative, "-1 day"
}

func ExampleSpan_Back() {
	now := period.Instant(time.Date(2026, time.March, 31, 12, 0, 0, 0, time.UTC))
	fmt.Println(period.Months(1).Back(now, time.UTC))
	// Output: 2026-02-28T12:00:00Z
}

func ExampleMidnight() {
	havana, err := period.ParseZone("America/Havana")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(period.Midnight(2026, time.March, 8, havana))
	fmt.Println(period.Midnight(2026, time.November, 1, havana))
	// Output:
	// 2026-03-08 01:00:00 -0400 CDT
	// 2026-11-01 00:00:00 -0500 CST
}

func ExampleBetween() {
	weeks := period.Grid{Every: period.Weeks(1)}
	from, to := time.Date(2026, time.December, 24, 0, 0, 0, 0, time.UTC), time.Date(2027, time.January, 6, 0, 0, 0, 0, time.UTC)
	names, err := period.ParsePattern(weeks.Pattern(), weeks, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for w := range period.Between(weeks, period.Instant(from), period.Instant(to)) {
		fmt.Println(names.Name("events", w), w)
	}
	// Output:
	// events__2026_w52 [2026-12-21T00:00:00Z, 2026-12-28T00:00:00Z)
	// events__2026_w53 [2026-12-28T00:00:00Z, 2027-01-04T00:00:00Z)
	// events__2027_w01 [2027-01-04T00:00:00Z, 2027-01-11T00:00:00Z)
}

func ExamplePattern_Parse() {
	months := period.Grid{Every: period.Months(1)}
	names, err := period.ParsePattern("{table}_p{yyyy}_{mm}", months, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(names.Parse("events", "events_p2026_11"))
	fmt.Println(names.Parse("events", "events_p2026_13"))
	// Output:
	// [2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z) true
	// [, ) false
}

func ExampleRecognise() {
	days := period.Grid{Every: period.Days(1)}
	now := days.At(period.Instant(time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)))
	names, ok := period.Recognise("events", []period.Named{
		{Name: "events_p20261120", Window: now},
		{Name: "events_p20261121", Window: days.Add(now, 1)},
	}, days, nil).Pattern()
	fmt.Println(names, ok)
	fmt.Println(names.Name("events", days.Add(now, 2)))
	// Output:
	// {table}_p{yyyy}{mm}{dd} true
	// events_p20261122
}

func ExampleZonesOf() {
	tokyo, err := period.ParseZone("Asia/Tokyo")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(period.ZonesOf([]period.Point{period.Instant(period.Midnight(2026, time.November, 20, tokyo))}, period.KnownZones()))
	// Output: [Asia/Tokyo]
}
