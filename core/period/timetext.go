package period

import (
	"errors"
	"fmt"
	"strconv"
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

// readDate gives days since 1970-01-01. Years are held within the axis, so that no sum with them overflows.
func readDate(text string, bc bool) (int64, error) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 || len(parts[0]) < 4 {
		return 0, errNotISO
	}
	year, ok1 := number(parts[0], len(parts[0]))
	month, ok2 := number(parts[1], 2)
	dom, ok3 := number(parts[2], 2)
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
	parts := strings.Split(text, ":")
	if len(parts) < least || len(parts) > most {
		return 0, errNotISO
	}
	limits, units := []int{23, 59, 59}, []int64{60 * minute, minute, second}
	for i, part := range parts {
		n, ok := number(part, 2)
		if !ok || n > limits[i] {
			return 0, errNotISO
		}
		total += int64(n) * units[i]
	}
	return total, nil
}

// number reads exactly that many digits.
func number(text string, digits int) (int, bool) {
	if len(text) != digits || text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
