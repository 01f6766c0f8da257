package human

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Plural is a number with its noun: 1 partition, 2 partitions, 3 indexes.
func Plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "x"):
		return Number(int64(n)) + " " + noun + "es"
	}
	return Number(int64(n)) + " " + noun + "s"
}

// Count is a number with a noun, or with all that changes with it: 1 partition is, 2 partitions are.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(int64(n)) + " " + many
}

// Number groups the digits of a number: 1,234,567.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Bytes is a size in units of 1000, as disks are sold: 0 bytes, 8.2 kB, 310 MB.
func Bytes(n int64) string {
	if n < 1000 {
		return Plural(int(n), "byte")
	}
	size := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		size /= 1000
		switch {
		case size < 9.95:
			return fmt.Sprintf("%.1f %s", size, unit)
		case size < 999.5:
			return fmt.Sprintf("%.0f %s", size, unit)
		}
	}
	return fmt.Sprintf("%.0f EB", size/1000)
}

// Rows is an estimate of a number of rows; less than zero: nobody has counted.
func Rows(n float64) string {
	switch {
	case n < 0:
		return "rows not counted yet"
	case n == 0:
		return "no rows"
	case n < 10_000:
		return "about " + Plural(int(n), "row")
	case n < 999_500:
		return fmt.Sprintf("about %.0f,000 rows", n/1e3)
	case n < 999.5e6:
		return fmt.Sprintf("about %.3g million rows", n/1e6)
	}
	return fmt.Sprintf("about %.3g billion rows", n/1e9)
}

// Length is a length of time in its two largest units: 13 days 20 hours, 45 minutes.
func Length(d time.Duration) string {
	if d < time.Minute {
		return Took(max(d, 0))
	}
	d = d.Round(time.Minute)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return join(count(days, "day"), count(hours, "hour"))
	case hours > 0:
		return join(count(hours, "hour"), count(minutes, "minute"))
	}
	return count(minutes, "minute")
}

func count(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return Plural(n, noun)
}

func join(parts ...string) string { return strings.TrimSpace(strings.Join(parts, " ")) }

// Took is how long something short took: 12 ms, 1.3 s, 2 minutes.
func Took(d time.Duration) string {
	switch {
	case d == 0:
		return "0 s"
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return strconv.FormatFloat(d.Round(time.Second/10).Seconds(), 'f', -1, 64) + " s"
	}
	return Length(d)
}
