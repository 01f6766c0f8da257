package period

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ParseSpan reads a span: `15 minutes`, `1 month 3 days`, `5000000 ids`, `4` (windows) or `0` (nothing).
// Units are year, quarter, month, week, day, hour, minute, second, millisecond and microsecond, singular or plural,
// each at most once; a week is 7 days, a quarter 3 months, a year 12. Short forms are y, mo, w, d, h, min, s, ms and us, with or
// without a space: `30d`, `720h`. Whatever a time.Duration writes down to microseconds is read too, so m is minutes beside
// h, s, ms or us alone; else it is refused, for it may have been meant for months. Its error is a clause that ends with the text.
func ParseSpan(text string) (Span, error) {
	rest := strings.TrimSpace(text)
	if strings.Trim(rest, "-"+digits) == "" {
		return parseWindows(text, rest)
	}
	span, seen := Span{Set: true}, map[string]bool{}
	for rest != "" {
		var number, unit string
		number, unit, rest = cutUnit(rest)
		n, err := parseCount(text, number)
		if err != nil {
			return Span{}, err
		}
		if seen[unit] {
			return Span{}, fmt.Errorf("read span: %s given twice, %q", unit, text)
		}
		seen[unit] = true
		if err := span.add(n, unit, text); err != nil {
			return Span{}, err
		}
	}
	if err := addUp(seen, text); err != nil {
		return Span{}, err
	}
	return span, nil
}

// addUp refuses units that do not stand beside each other.
func addUp(seen map[string]bool, text string) error {
	switch {
	case seen["id"] && len(seen) > 1:
		return fmt.Errorf("read span: ids and time do not add up, %q", text)
	case seen["m"] && (len(seen) == 1 || seen["minute"] || seen["day"] || seen["week"] || seen["month"] || seen["quarter"] || seen["year"]):
		return fmt.Errorf("read span: m may mean minutes or months, write min or mo, %q", text)
	}
	return nil
}

const digits = "0123456789"

// cutUnit takes one number and its unit off the front of a text. The unit is given in its long form, where it is known.
func cutUnit(text string) (number, unit, rest string) {
	rest = strings.TrimLeft(text, "-"+digits)
	number, rest = text[:len(text)-len(rest)], strings.TrimLeftFunc(rest, unicode.IsSpace)
	after := strings.TrimLeftFunc(rest, unicode.IsLetter)
	return number, longUnit(strings.ToLower(rest[:len(rest)-len(after)])), strings.TrimLeftFunc(after, unicode.IsSpace)
}

// longUnit is a unit without abbreviation and in the singular, where it is one. What m means only those beside it tell.
func longUnit(unit string) string {
	long, short := map[string]string{"y": "year", "mo": "month", "w": "week", "d": "day", "h": "hour", "min": "minute",
		"s": "second", "ms": "millisecond", "us": "microsecond", "µs": "microsecond", "μs": "microsecond"}[unit]
	if short {
		return long
	}
	return strings.TrimSuffix(unit, "s")
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
	case field == "", strings.Trim(field, digits) != "":
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
	length, ok := map[string]time.Duration{"hour": time.Hour, "minute": time.Minute, "m": time.Minute, "second": time.Second,
		"millisecond": time.Millisecond, "microsecond": time.Microsecond}[unit]
	if unit == "" {
		return notSpan(text)
	}
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
