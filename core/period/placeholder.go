package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// placeholder is a part of a pattern that stands for something of a window.
type placeholder string

const (
	tableName placeholder = "table"
	year      placeholder = "yyyy"
	month     placeholder = "mm"
	dayOfMon  placeholder = "dd"
	hour      placeholder = "hh"
	minutes   placeholder = "mi"
	isoYear   placeholder = "iyyy"
	isoWeek   placeholder = "ww"
	quarter   placeholder = "q"
	start     placeholder = "start"
	remainder placeholder = "n"     // of hash partitions
	value     placeholder = "value" // of list partitions
)

// digits is how wide the placeholder is in a name, 0 where that varies. Years have more digits from 10000 on.
func (h placeholder) digits() int {
	switch h {
	case year, isoYear:
		return 4
	case quarter:
		return 1
	case month, dayOfMon, hour, minutes, isoWeek:
		return 2
	}
	return 0
}

// ofTime tells whether it says something about an instant.
func (h placeholder) ofTime() bool { return h.digits() > 0 }

// parsePlaceholder finds the placeholder of that name.
func parsePlaceholder(name string) (placeholder, error) {
	switch h := placeholder(name); h {
	case remainder, value:
		return "", fmt.Errorf("placeholder {%s} says nothing about a window", name)
	case tableName, start:
		return h, nil
	default:
		if h.ofTime() {
			return h, nil
		}
	}
	return "", fmt.Errorf("there is no placeholder {%s}", name)
}

// of writes what the placeholder stands for in a window that begins at an instant, seen in its zone.
func (h placeholder) of(at time.Time) string {
	n := h.number(at)
	if n < 0 { // years before Christ
		return fmt.Sprintf("%0*d", h.digits(), n)
	}
	text := strconv.Itoa(n)
	return "0000"[:max(0, h.digits()-len(text))] + text
}

func (h placeholder) number(at time.Time) int {
	isoYearOf, isoWeekOf := at.ISOWeek()
	switch h {
	case year:
		return at.Year()
	case isoYear:
		return isoYearOf
	case isoWeek:
		return isoWeekOf
	case quarter:
		return (int(at.Month()) + 2) / 3
	case month:
		return int(at.Month())
	case dayOfMon:
		return at.Day()
	case hour:
		return at.Hour()
	}
	return at.Minute()
}

// idText is {start}: the id, with m for a minus.
func idText(n int64) string { return strings.Replace(strconv.FormatInt(n, 10), "-", "m", 1) }

// idOf is the inverse of idText.
func idOf(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.Replace(text, "m", "-", 1), 10, 64)
	return n, err == nil && idText(n) == text
}
