package period

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// infinite writes the ends of the axis; what is neither an end nor an instant has no text.
func infinite(p Point) string {
	if p.kind == low || p.kind == high {
		return p.String()
	}
	return ""
}

// unbounded reads the ends of the axis.
func unbounded(text string) (Point, bool) {
	switch text {
	case "infinity":
		return High(), true
	case "-infinity":
		return Low(), true
	}
	return Point{}, false
}

// writeTime writes a reading of a clock, in microseconds since 1970-01-01, as PostgreSQL's ISO style does.
func writeTime(wall int64, offset string) string {
	clock := floorMod(wall, day)
	text, bc := dateText(wall)
	text += time.UnixMicro(clock).UTC().Format(" 15:04:05")
	if fraction := clock % second; fraction != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%06d", fraction), "0")
	}
	return text + offset + bc
}

func writeDate(wall int64) string {
	text, bc := dateText(wall)
	return text + bc
}

// dateText is the date of a reading and the suffix of years before Christ, of which there is no year 0.
func dateText(wall int64) (text, bc string) {
	year, month, dom := civil(floorDiv(wall, day))
	if year <= 0 {
		year, bc = 1-year, " BC"
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, dom), bc
}

// reading is a text in ISO style taken apart.
type reading struct {
	wall   int64 // microseconds since 1970-01-01 as the clock that was read counts them
	offset int64 // microseconds ahead of UTC
	clock  bool  // the text has a time of day
	zoned  bool  // the text has an offset
}

var errNotISO = errors.New("not in ISO style")

// readTime reads `2026-11-20`, `2026-11-20 14:15:00.5` or `2026-11-20 14:15:00+05:30:15`, each perhaps with ` BC` behind.
func readTime(text string) (reading, error) {
	if r, ok := readUsual(text); ok {
		return r, nil
	}
	rest, bc := strings.CutSuffix(text, " BC")
	days, clock, found := strings.Cut(rest, " ")
	d, err := readDate(days, bc)
	if err != nil || !found {
		return reading{wall: d * day}, err
	}
	r := reading{clock: true}
	if i := strings.IndexAny(clock, "+-"); i >= 0 {
		r.zoned = true
		if r.offset, err = readOffset(clock[i:]); err != nil {
			return reading{}, err
		}
		clock = clock[:i]
	}
	r.wall, err = readClock(clock)
	r.wall += d * day
	return r, err
}

// readUsual reads `2026-11-20 00:00:00+00`, which nearly all bounds of nearly all tables look like, without taking it apart.
func readUsual(text string) (reading, bool) {
	if len(text) != len("2026-11-20 00:00:00+00") || text[10:] != " 00:00:00+00" || text[4] != '-' || text[7] != '-' {
		return reading{}, false
	}
	year, ok1 := number(text[:4], 4)
	month, ok2 := number(text[5:7], 2)
	dom, ok3 := number(text[8:10], 2)
	if !ok1 || !ok2 || !ok3 || year == 0 || month < 1 || month > 12 || dom < 1 || dom > 28 {
		return reading{}, false // what is not as simple is read the long way
	}
	return reading{wall: daysTo(year, time.Month(month), dom) * day, clock: true, zoned: true}, true
}

// readDate gives days since 1970-01-01. Years are held within the axis, so that no sum with them overflows.
func readDate(text string, bc bool) (int64, error) {
	years, rest, _ := strings.Cut(text, "-")
	months, doms, found := strings.Cut(rest, "-")
	if !found || len(years) < 4 {
		return 0, errNotISO
	}
	year, ok1 := number(years, len(years))
	month, ok2 := number(months, 2)
	dom, ok3 := number(doms, 2)
	if !ok1 || !ok2 || !ok3 || year == 0 || year > 294_247 {
		return 0, errNotISO
	}
	if bc {
		year = 1 - year
	}
	days := daysTo(year, time.Month(month), dom)
	if y, m, d := civil(days); y != year || int(m) != month || d != dom {
		return 0, errNotISO
	}
	return max(earliest/day-2, min(days, latest/day+2)), nil
}

// readClock gives microseconds since midnight of `14:15:00` or `14:15:00.123456`.
func readClock(text string) (int64, error) {
	clock, fraction, found := strings.Cut(text, ".")
	n, err := readHMS(clock, 3, 3)
	if err != nil || !found {
		return n, err
	}
	micros, ok := number(fraction, len(fraction))
	if !ok || len(fraction) > 6 {
		return 0, errNotISO
	}
	for range 6 - len(fraction) {
		micros *= 10
	}
	return n + int64(micros), nil
}

// readOffset gives microseconds ahead of UTC of `+00`, `-03:30` or `+05:30:15`.
func readOffset(text string) (int64, error) {
	n, err := readHMS(text[1:], 1, 3)
	if n >= 16*60*minute {
		return 0, errNotISO // PostgreSQL knows no offset of 16 hours or more
	}
	if text[0] == '-' {
		n = -n
	}
	return n, err
}

// readHMS gives microseconds of `hh:mm:ss`, of which some parts may be absent.
func readHMS(text string, least, most int) (total int64, err error) {
	limits, units := [...]int{23, 59, 59}, [...]int64{60 * minute, minute, second}
	for i, more := 0, true; more; i++ {
		var part string
		part, text, more = strings.Cut(text, ":")
		if i == most || !more && i+1 < least {
			return 0, errNotISO
		}
		n, ok := number(part, 2)
		if !ok || n > limits[i] {
			return 0, errNotISO
		}
		total += int64(n) * units[i]
	}
	return total, nil
}

// number reads exactly that many digits, at least one.
func number(text string, digits int) (n int, ok bool) {
	if len(text) != digits || text == "" || digits > 9 {
		return 0, false
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
