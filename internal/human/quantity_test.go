package human

import (
	"testing"
	"time"

	"github.com/matryer/is"
)

func TestQuantities(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for want, got := range map[string]string{
		"1 partition":             Plural(1, "partition"),
		"0 partitions":            Plural(0, "partition"),
		"1,234 partitions":        Plural(1234, "partition"),
		"2 indexes":               Plural(2, "index"),
		"-1,234,567":              Number(-1234567),
		"999":                     Number(999),
		"0 bytes":                 Bytes(0),
		"1 byte":                  Bytes(1),
		"2.0 PB":                  Bytes(2_000_000_000_000_000),
		"1 partition is":          Count(1, "partition is", "partitions are"),
		"1,200 partitions are":    Count(1200, "partition is", "partitions are"),
		"8.2 kB":                  Bytes(8192),
		"310 MB":                  Bytes(310_000_000),
		"10 GB":                   Bytes(9_960_000_000),
		"1.0 MB":                  Bytes(999_600),
		"rows not counted yet":    Rows(-1),
		"no rows":                 Rows(0),
		"about 1 row":             Rows(1),
		"about 9,999 rows":        Rows(9999),
		"about 12,000 rows":       Rows(12_345),
		"about 1.23 million rows": Rows(1_234_567),
		"about 3 billion rows":    Rows(3e9),
		"13 days 20 hours":        Length(332*time.Hour + 10*time.Second),
		"14 days":                 Length(14 * 24 * time.Hour),
		"1 hour 5 minutes":        Length(65 * time.Minute),
		"45 minutes":              Length(45 * time.Minute),
		"12 s":                    Length(12 * time.Second),
		"0 s":                     Length(-time.Second),
		"under 1 ms":              Took(time.Microsecond),
		"12 ms":                   Took(12 * time.Millisecond),
		"1.3 s":                   Took(1290 * time.Millisecond),
		"2 minutes":               Took(2 * time.Minute),
	} {
		is.Equal(got, want)
	}
}
