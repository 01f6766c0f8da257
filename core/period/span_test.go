package period_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func TestParseSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]period.Span{
		"15 minutes":               {Exact: 15 * time.Minute},
		"1 hour":                   {Exact: time.Hour},
		"6 hours":                  {Exact: 6 * time.Hour},
		"1 day":                    {Days: 1},
		"2 weeks":                  {Days: 14},
		"1 month":                  {Months: 1},
		"1 quarter":                {Months: 3},
		"1 year":                   {Months: 12},
		"5000000 ids":              {IDs: 5_000_000},
		"1 id":                     {IDs: 1},
		"4":                        {Windows: 4},
		"0":                        {},
		"0 days":                   {},
		"1 month 3 days":           {Months: 1, Days: 3},
		"  1  Year 2 MONTHS ":      {Months: 14},
		"1 week 1 day 90 minutes":  {Days: 8, Exact: 90 * time.Minute},
		"30 seconds":               {Exact: 30 * time.Second},
		"2147483647 days":          {Days: math.MaxInt32},
		"9223372036854775807 ids":  {IDs: math.MaxInt64},
		"1 second 5 microseconds":  {Exact: time.Second + 5*time.Microsecond},
		"100 milliseconds":         {Exact: 100 * time.Millisecond},
		"1 quarter 1 month":        {Months: 4},
		"0 months 1 day":           {Days: 1},
		"25 hours 1 microsecond":   {Exact: 25*time.Hour + time.Microsecond},
		"1 year 1 month 1 quarter": {Months: 16},
		"30d":                      {Days: 30},
		"30 d":                     {Days: 30},
		"30days":                   {Days: 30},
		"2W":                       {Days: 14},
		"6mo":                      {Months: 6},
		"1y6mo":                    {Months: 18},
		"1h":                       {Exact: time.Hour},
		"720h":                     {Exact: 720 * time.Hour},
		"15min":                    {Exact: 15 * time.Minute},
		"15 min":                   {Exact: 15 * time.Minute},
		"1h30m":                    {Exact: 90 * time.Minute},
		"1m30s":                    {Exact: 90 * time.Second},
		"1d 12h":                   {Days: 1, Exact: 12 * time.Hour},
		"250ms":                    {Exact: 250 * time.Millisecond},
		"5us":                      {Exact: 5 * time.Microsecond},
		"5µs":                      {Exact: 5 * time.Microsecond},
		"0s":                       {},
		"1 s":                      {Exact: time.Second},
		"5000000ids":               {IDs: 5_000_000},
	} {
		want.Set = true
		got, err := period.ParseSpan(text)
		if err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", text, got, err, want)
		}
		if back, err := period.ParseSpan(got.String()); err != nil || back != got {
			t.Errorf("%q is written %q and read as %+v, %v", text, got.String(), back, err)
		}
	}
}

func TestParseSpanRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "-1", "-1 day", "day", "1 fortnight", "1.5 days", "1.5h", "1dd", "d7", "1d1d", "1 day 24", "1e3", "1d,2h", "1 mos", "1 ss", "1 day 2", "1 day 2 days",
		"5 ids 1 day", "1 day 5 ids", "99999999999999999999", "2147483648 days", "200000000 years", "9223372036854775807 hours",
		"9223372036854775808 ids", "1 \x00", "+1 day", "1 dayss", "١ day", "١d",
		"6m", "6 m", "6M", "1y6m", "30d10m", "1 month 6m", "1y6m3h", "1h1m1min"} {
		s, err := period.ParseSpan(text)
		if err == nil || s != (period.Span{}) {
			t.Errorf("%q is read as %+v, %v", text, s, err)
		} else if !strings.Contains(err.Error(), strings.Trim(strings.TrimSpace(text), "\x00")) {
			t.Errorf("%q: the error does not name it: %v", text, err)
		}
	}
}

// What Go writes is read: a time.Duration of a program's own settings means the same in a document.
func TestParseSpanReadsWhatGoWrites(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{0, time.Microsecond, 20 * time.Millisecond, time.Second, time.Minute, 90 * time.Second, 90 * time.Minute, 720 * time.Hour} {
		got, err := period.ParseSpan(d.String())
		if err != nil || got != (period.Span{Exact: d, Set: true}) {
			t.Errorf("%q is %+v, %v", d, got, err)
		}
	}
}

// Six months of rows must not go because somebody's m means minutes.
func TestParseSpanDoesNotGuessWhatMMeans(t *testing.T) {
	t.Parallel()
	_, err := period.ParseSpan("6m")
	is.New(t).Equal(err.Error(), `read span: m may mean minutes or months, write min or mo, "6m"`)
}

func TestSpanString(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(period.Span{}.String(), "")
	is.Equal(period.Span{Set: true}.String(), "0")
	is.Equal(span(t, "90 days").String(), "90 days")
	is.Equal(span(t, "24 months 1 day").String(), "2 years 1 day")
	is.Equal(span(t, "18 months").String(), "18 months")
	is.Equal(span(t, "90 minutes").String(), "1 hour 30 minutes")
	is.Equal(period.Span{Days: -1}.String(), "-1 days")
	is.True(period.Span{}.IsZero())
	is.True(period.Span{Set: true}.IsZero())
	is.True(!span(t, "1").IsZero())
}

func TestSpanMoves(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ zone, from, span, forward, back string }{
		{"UTC", "2026-01-31T10:00:00Z", "1 month", "2026-02-28T10:00:00Z", "2025-12-31T10:00:00Z"},
		{"UTC", "2024-02-29T00:00:00Z", "1 year", "2025-02-28T00:00:00Z", "2023-02-28T00:00:00Z"},
		{"UTC", "2026-03-31T00:00:00Z", "1 month 1 day", "2026-05-01T00:00:00Z", "2026-02-27T00:00:00Z"},
		{"Europe/Berlin", "2026-03-28T23:00:00Z", "1 day", "2026-03-29T22:00:00Z", "2026-03-27T23:00:00Z"},
		{"Europe/Berlin", "2026-03-28T23:00:00Z", "24 hours", "2026-03-29T23:00:00Z", "2026-03-27T23:00:00Z"},
		{"Europe/Berlin", "2026-03-28T01:30:00.000001Z", "1 day", "2026-03-29T01:30:00.000001Z", "2026-03-27T01:30:00.000001Z"}, // 02:30 is left out: 03:30
		{"Europe/Berlin", "2026-10-24T00:30:00Z", "1 day", "2026-10-25T01:30:00Z", "2026-10-23T00:30:00Z"},                      // 02:30 comes twice: the second
		{"Pacific/Apia", "2011-12-29T22:00:00Z", "1 day", "2011-12-30T22:00:00Z", "2011-12-28T22:00:00Z"},                       // December 30th is left out
	} {
		s, z, p := span(t, test.span), zone(t, test.zone), at(t, test.from)
		if got := s.Forward(p, z); got != at(t, test.forward) {
			t.Errorf("%s + %s in %s is %s, want %s", p, s, z, got, test.forward)
		}
		if got := s.Back(p, z); got != at(t, test.back) {
			t.Errorf("%s - %s in %s is %s, want %s", p, s, z, got, test.back)
		}
	}
}

func TestSpanMovesToTheEnds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	now := at(t, "2026-11-20T00:00:00Z")
	for _, text := range []string{"300000 years", "2147483647 days", "2147483647 months", "2147483647 months 2147483647 days 2500000 hours"} {
		s := span(t, text)
		is.Equal(s.Forward(now, nil), period.High())
		is.Equal(s.Back(now, nil), period.Low())
	}
	for _, p := range []period.Point{period.Low(), period.High(), {}, period.ID(7)} {
		is.Equal(span(t, "1 month 1 day 1 hour").Forward(p, nil), p)
	}
	is.Equal(span(t, "5 ids").Forward(now, nil), now)
	is.Equal(span(t, "5 ids").Forward(period.ID(7), nil), period.ID(12))
	is.Equal(span(t, "5 ids").Back(period.ID(math.MinInt64+1), nil), period.ID(math.MinInt64))
	is.Equal(span(t, "9223372036854775807 ids").Forward(period.ID(7), nil), period.ID(math.MaxInt64))
}
