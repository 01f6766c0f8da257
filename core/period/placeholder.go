package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// placeholder is a part of a pattern that stands for something of a window: {yyyy} for the year of its start, {last_dd} for
// the day of the month of its last day. The zero placeholder is none.
type placeholder struct {
	edge edge
	part part
}

// edge is the instant of a window that a placeholder is about.
type edge uint8

const (
	ofStart edge = iota
	ofLast       // its last day
	ofEnd        // the exclusive end
)

// part is what a placeholder says about that instant.
type part string

const (
	tableName part = "table"
	year      part = "yyyy"
	shortYear part = "yy"
	month     part = "mm"
	monthBare part = "m"
	monthName part = "mon"
	dayOfMon  part = "dd"
	dayBare   part = "d"
	hour      part = "hh"
	minutes   part = "mi"
	isoYear   part = "iyyy"
	isoDigit  part = "i" // the last digit of the ISO year
	isoWeek   part = "ww"
	quarter   part = "q"
	half      part = "half"
	epoch     part = "epoch" // seconds since 1970
	bound     part = "start" // the bound itself, of windows of ids; at the end {end}
	remainder part = "n"     // of hash partitions
	padded    part = "nn"    // of hash partitions, all of one width
	value     part = "value" // of list partitions
)

// widths are how many bytes a part has at least and at most. Years have four digits up to 9999, and a sign before year 0.
func (t part) widths() (least, most int) {
	switch t {
	case year, isoYear:
		return 4, len("294246")
	case monthName:
		return 3, 3
	case quarter, half, isoDigit:
		return 1, 1
	case monthBare, dayBare:
		return 1, 2
	case shortYear, month, dayOfMon, hour, minutes, isoWeek:
		return 2, 2
	case epoch:
		return 1, len("m210866803200")
	case bound:
		return 1, len("m9223372036854775808")
	}
	return 0, 0
}

// ofTime reports whether it says something about an instant.
func (h placeholder) ofTime() bool {
	_, most := h.part.widths()
	return most > 0 && h.part != bound
}

// isYear reports whether it is a year in full, which is wider from 10000 on.
func (h placeholder) isYear() bool { return h.part == year || h.part == isoYear }

// varies reports whether its width is another in usual years too.
func (h placeholder) varies() bool {
	least, most := h.part.widths()
	return least != most && !h.isYear()
}

// String is the name that stands between the braces.
func (h placeholder) String() string {
	switch {
	case h == placeholder{ofEnd, bound}:
		return "end"
	case h.edge == ofEnd:
		return "to_" + string(h.part)
	case h.edge == ofLast:
		return "last_" + string(h.part)
	}
	return string(h.part)
}

// parsePlaceholder finds the placeholder of that name.
func parsePlaceholder(name string) (placeholder, error) {
	h := placeholder{part: part(name)}
	if rest, ok := strings.CutPrefix(name, "to_"); ok {
		h = placeholder{ofEnd, part(rest)}
	} else if rest, ok := strings.CutPrefix(name, "last_"); ok {
		h = placeholder{ofLast, part(rest)}
	}
	switch {
	case name == "end":
		return placeholder{ofEnd, bound}, nil
	case name == string(tableName), name == string(bound):
		return h, nil
	case h.part == remainder, h.part == padded, h.part == value:
		return placeholder{}, fmt.Errorf("placeholder {%s} says nothing about a window", name)
	case h.edge == ofLast && (h.part == hour || h.part == minutes || h.part == epoch):
		return placeholder{}, fmt.Errorf("there is no placeholder {%s}: last_ is about a day; {to_%s} is of the window's end", name, h.part)
	case h.ofTime():
		return h, nil
	}
	return placeholder{}, fmt.Errorf("there is no placeholder {%s}", name)
}

// append writes what the part is at an instant, seen in its zone.
func (t part) append(name []byte, at time.Time) []byte {
	switch t {
	case monthName:
		return append(name, monthText(at.Month())...)
	case epoch:
		return append(name, idText(at.Unix())...)
	}
	n, width := t.number(at)
	if n < 0 { // years before Christ
		return fmt.Appendf(name, "%0*d", width, n)
	}
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], int64(n), 10)
	return append(append(name, "0000"[:max(0, width-len(text))]...), text...)
}

// number is what a part shows, and how many digits it is padded to.
func (t part) number(at time.Time) (n, width int) {
	least, _ := t.widths()
	switch t {
	case year:
		n = at.Year()
	case shortYear:
		n = int(floorMod(int64(at.Year()), 100))
	case isoYear:
		n, _ = at.ISOWeek()
	case isoDigit:
		n, _ = at.ISOWeek()
		n = int(floorMod(int64(n), 10))
	case isoWeek:
		_, n = at.ISOWeek()
	case half:
		n = (int(at.Month()) + 5) / 6
	case quarter:
		n = (int(at.Month()) + 2) / 3
	case month, monthBare:
		n = int(at.Month())
	case dayOfMon, dayBare:
		n = at.Day()
	case hour:
		n = at.Hour()
	case minutes:
		n = at.Minute()
	}
	return n, least
}

// monthText is written in lower case, as PostgreSQL folds a name without quotes.
func monthText(m time.Month) string { return strings.ToLower(m.String()[:3]) }

// monthOf is the inverse of monthText.
func monthOf(text string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if monthText(m) == text {
			return m, true
		}
	}
	return 0, false
}

// idText is {start} or {epoch}: the number, with m for a minus.
func idText(n int64) string { return strings.Replace(strconv.FormatInt(n, 10), "-", "m", 1) }

// idOf is the inverse of idText.
func idOf(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.Replace(text, "m", "-", 1), 10, 64)
	return n, err == nil && idText(n) == text
}
