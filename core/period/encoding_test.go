package period_test

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func encoding(t testing.TB, columnType, zoneName string) period.Encoding {
	t.Helper()
	e, err := period.EncodingOf(columnType, "", zone(t, zoneName))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestLiterals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ columnType, zone, at, want string }{
		{"timestamp with time zone", "Asia/Kolkata", "2026-11-20T00:00:00Z", "2026-11-20 00:00:00+00"},
		{"timestamp(3) with time zone", "UTC", "2026-11-20T14:15:16.5Z", "2026-11-20 14:15:16.5+00"},
		{"timestamp with time zone", "UTC", "2026-11-20T14:15:16.000001Z", "2026-11-20 14:15:16.000001+00"},
		{"timestamp without time zone", "Asia/Kolkata", "2026-11-19T18:30:00Z", "2026-11-20 00:00:00"},
		{"timestamp(0) without time zone", "UTC", "2026-11-20T14:15:16Z", "2026-11-20 14:15:16"},
		{"timestamp without time zone", "America/Havana", "2026-03-08T05:00:00Z", "2026-03-08 00:00:00"}, // clocks show 01:00
		{"timestamp without time zone", "America/Havana", "2026-11-01T05:00:00Z", "2026-11-01 00:00:00"}, // the second midnight
		{"timestamp without time zone", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31 00:00:00"},   // no December 30th
		{"date", "Asia/Kolkata", "2026-11-19T18:30:00Z", "2026-11-20"},
		{"date", "America/Havana", "2026-03-08T05:00:00Z", "2026-03-08"},
	} {
		e, p := encoding(t, test.columnType, test.zone), at(t, test.at)
		if got := e.Literal(p); got != test.want || !period.Fits(e, p) {
			t.Errorf("%s in %s: %s is written %s, want %s", test.columnType, test.zone, test.at, got, test.want)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ columnType, zone, text, want string }{
		{"timestamp with time zone", "UTC", "2026-11-20 05:30:00+05:30", "2026-11-20T00:00:00Z"},
		{"timestamp with time zone", "UTC", "1890-01-01 05:30:15.25+05:30:15", "1890-01-01T00:00:00.25Z"},
		{"timestamp with time zone", "UTC", "2026-11-19 20:30:00-03:30", "2026-11-20T00:00:00Z"},
		{"timestamp with time zone", "UTC", "12026-11-20 00:00:00+00", "12026-11-20T00:00:00Z"},
		{"timestamp with time zone", "UTC", "0001-12-31 23:00:00-01 BC", "0001-01-01T00:00:00Z"},
		{"timestamp without time zone", "Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T01:30:00Z"},
		{"timestamp without time zone", "Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"},
		{"date", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
		{"date", "UTC", "2024-02-29", "2024-02-29T00:00:00Z"},
	} {
		got, err := encoding(t, test.columnType, test.zone).Decode(test.text)
		want := at12(t, test.want)
		if err != nil || got != want {
			t.Errorf("%s in %s: %s is %s, %v; want %s", test.columnType, test.zone, test.text, got, err, want)
		}
	}
}

// at12 reads RFC 3339 with five digits of the year as well.
func at12(t *testing.T, text string) period.Point {
	t.Helper()
	if rest, ok := strings.CutPrefix(text, "12026-"); ok {
		instant, _ := at(t, "2026-"+rest).Time()
		return period.Instant(instant.AddDate(10000, 0, 0))
	}
	return at(t, text)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for columnType, texts := range map[string][]string{
		"timestamp with time zone": {"", "2026-11-20", "2026-11-20 00:00:00", "2026-11-20T00:00:00Z", "2026-11-20 00:00+00", "2026-11-20 24:00:00+00",
			"2026-11-20 00:60:00+00", "2026-02-30 00:00:00+00", "2026-13-01 00:00:00+00", "0000-01-01 00:00:00+00", "2026-11-20 00:00:00+", "2026-11-20 00:00:00+16",
			"2026-11-20 00:00:00.+00", "2026-11-20 00:00:00.1234567+00", "4714-11-23 00:00:00+00 BC", "4715-01-01 00:00:00+00 BC", "294247-01-01 00:00:00+00",
			"294276-12-31 00:00:00+00", "5874897-12-31 00:00:00+00", "99999999999999999999-01-01 00:00:00+00", "20.11.2026 00:00:00 UTC", "11/20/2026 00:00:00+00", "Infinity", "now",
			"294247-01-01 00:00:00+00 BC", "2026-11-20  00:00:00+00", "+026-11-20 00:00:00+00", "2026-11-20 00:00:00+00 AD", "2026-11-20 00:00:00+00:00:00:00"},
		"timestamp without time zone":    {"2026-11-20 00:00:00+00", "2026-11-20"},
		"timestamp(0) without time zone": {"2026-11-20 00:00:00.5"},
		"timestamp(3) with time zone":    {"2026-11-20 00:00:00.0005+00"},
		"date":                           {"2026-11-20 00:00:00", "2026-11-31", "5874897-12-31", "infinite"},
	} {
		e := encoding(t, columnType, "UTC")
		for _, text := range texts {
			if p, err := e.Decode(text); err == nil || !strings.Contains(err.Error(), `"`+text+`"`) {
				t.Errorf("%s: %q is read as %s, %v", columnType, text, p, err)
			}
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	midday := at(t, "2026-11-20T12:00:00Z")
	is.True(!period.Fits(encoding(t, "date", "UTC"), midday))
	is.Equal(encoding(t, "date", "UTC").Literal(midday), "2026-11-20 12:00:00") // not rounded
	is.True(period.Fits(encoding(t, "timestamp without time zone", "UTC"), midday))
	is.True(!period.Fits(encoding(t, "timestamp without time zone", "Europe/Berlin"), at(t, "2026-10-25T00:30:00Z"))) // comes again
	is.True(period.Fits(encoding(t, "timestamp without time zone", "Europe/Berlin"), at(t, "2026-10-25T01:30:00Z")))
	is.True(!period.Fits(encoding(t, "timestamp(0) with time zone", "UTC"), at(t, "2026-10-25T01:30:00.5Z")))
	for _, columnType := range []string{"timestamp with time zone", "timestamp without time zone", "date"} {
		e := encoding(t, columnType, "UTC")
		is.True(period.Fits(e, period.Low()))
		is.True(period.Fits(e, period.High()))
		is.True(!period.Fits(e, period.ID(1)))
		is.True(!period.Fits(e, period.Point{}))
	}
}

func TestEncodingOfRefuses(t *testing.T) {
	t.Parallel()
	for _, columnType := range []string{"bigint", "uuid", "text", "time without time zone", "timestamp(7) with time zone", "timestamp(x) with time zone", "timestamptz", "date[]", ""} {
		if e, err := period.EncodingOf(columnType, "", nil); err == nil || !strings.Contains(err.Error(), "timestamptz, timestamp and date") {
			t.Errorf("%s: %T, %v", columnType, e, err)
		}
	}
	if _, err := period.EncodingOf("bigint", "epoch-s", nil); err == nil || !strings.Contains(err.Error(), "epoch-s") {
		t.Error(err)
	}
}

func TestEncodingInNoZoneIsUTC(t *testing.T) {
	t.Parallel()
	e, err := period.EncodingOf("date", "", nil)
	if err != nil || e.Literal(period.Instant(time.Unix(0, 0))) != "1970-01-01" {
		t.Error(e, err)
	}
}
