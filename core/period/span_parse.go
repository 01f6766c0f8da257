package period

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ParseSpan reads a span: `15 minutes`, `1 month 3 days`, `5000000 ids`, `4` (windows) or `0` (nothing).
// Units are year, quarter, month, week, day, hour, minute, second, millisecond and microsecond, singular or plural,
// each at most once; a week is 7 days, a quarter 3 months, a year 12. Its error is a clause that ends with the text.
func ParseSpan(text string) (Span, error) {
	fields := strings.Fields(text)
	if len(fields) == 1 {
		return parseWindows(text, fields[0])
	}
	if len(fields) == 0 || len(fields)%2 != 0 {
		return Span{}, notSpan(text)
	}
	span, seen := Span{Set: true}, map[string]bool{}
	for i := 0; i < len(fields); i += 2 {
		n, err := parseCount(text, fields[i])
		if err != nil {
			return Span{}, err
		}
		unit := strings.TrimSuffix(strings.ToLower(fields[i+1]), "s")
		if seen[unit] {
			return Span{}, fmt.Errorf("read span: %s given twice, %q", unit, text)
		}
		seen[unit] = true
		if err := span.add(n, unit, text); err != nil {
			return Span{}, err
		}
	}
	if seen["id"] && len(seen) > 1 {
		return Span{}, fmt.Errorf("read span: ids and time do not add up, %q", text)
	}
	return span, nil
}

func parseWindows(text, field string) (Span, error) {
	n, err := parseCount(text, field)
	if err != nil {
		return Span{}, err
	}
	if n > math.MaxInt {
		return Span{}, tooLong(text)
	}
	return Span{Windows: int(n), Set: true}, nil
}

// parseCount reads digits and nothing else.
func parseCount(text, field string) (int64, error) {
	switch {
	case strings.HasPrefix(field, "-"):
		return 0, fmt.Errorf("read span: must not be negative, %q", text)
	case strings.Trim(field, "0123456789") != "":
		return 0, notSpan(text)
	}
	n, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		return 0, tooLong(text)
	}
	return n, nil
}

// add adds n units. Months and days stay within 32 bits, as in PostgreSQL's interval.
func (s *Span) add(n int64, unit, text string) error {
	if months, ok := map[string]int64{"month": 1, "quarter": 3, "year": 12}[unit]; ok {
		return addUnits(&s.Months, n, months, math.MaxInt32, text)
	}
	if days, ok := map[string]int64{"day": 1, "week": 7}[unit]; ok {
		return addUnits(&s.Days, n, days, math.MaxInt32, text)
	}
	if unit == "id" {
		return addUnits(&s.IDs, n, 1, math.MaxInt64, text)
	}
	length, ok := map[string]time.Duration{"hour": time.Hour, "minute": time.Minute, "second": time.Second,
		"millisecond": time.Millisecond, "microsecond": time.Microsecond}[unit]
	if !ok {
		return fmt.Errorf("read span: no unit %q, %q", unit, text)
	}
	return addUnits(&s.Exact, n, int64(length), math.MaxInt64, text)
}

// addUnits adds n units of a size to a sum that must not pass most.
func addUnits[T ~int | ~int64](sum *T, n, size, most int64, text string) error {
	if n > (most-int64(*sum))/size {
		return tooLong(text)
	}
	*sum += T(n * size)
	return nil
}

func notSpan(text string) error {
	return fmt.Errorf("read span: expected a number and a unit such as `14 days`, or a bare number, %q", text)
}

func tooLong(text string) error { return fmt.Errorf("read span: too long, %q", text) }
