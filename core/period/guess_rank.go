package period

import "cmp"

// unit is the sort of thing that a part shows; of one sort a name has one part for each edge. Larger units have larger numbers.
type unit uint8

const (
	noUnit unit = iota
	theBound
	theInstant
	theMinute
	theHour
	theDay
	theWeek
	theMonth
	theQuarter
	theHalf
	theISOYear
	theYear
)

func (t part) unit() unit {
	switch t {
	case year, shortYear:
		return theYear
	case isoYear, isoDigit:
		return theISOYear
	case half:
		return theHalf
	case quarter:
		return theQuarter
	case month, monthBare, monthName:
		return theMonth
	case isoWeek:
		return theWeek
	case dayOfMon, dayBare:
		return theDay
	case hour:
		return theHour
	case minutes:
		return theMinute
	case epoch:
		return theInstant
	case bound:
		return theBound
	}
	return noUnit
}

// sensible reports whether somebody would name partitions so: a smaller unit comes with the larger ones. What is said of
// the last day or of the end stands together behind it, goes at least as deep as what is said of the start, and is written in the same manner.
func sensible(used []placeholder) bool {
	var units [3]map[unit]part
	for e := range units {
		units[e] = map[unit]part{}
	}
	turns := 0
	for i, h := range used {
		units[h.edge][h.part.unit()] = h.part
		if i > 0 && used[i-1].edge != h.edge {
			turns++
		}
	}
	start := units[ofStart]
	if turns > 1 || turns == 1 && used[0].edge != ofStart || !whole(start) {
		return false
	}
	return follows(units[ofLast], start) && follows(units[ofEnd], start)
}

// follows reports whether the units of another edge go with those of the start, whose larger ones they may leave out.
func follows(units, start map[unit]part) bool {
	switch {
	case len(units) == 0:
		return true
	case len(start) == 0:
		return whole(units)
	case finest(units) > finest(start), units[theMinute] != "" && units[theHour] == "", (units[theISOYear] != "") != (units[theWeek] != ""):
		return false
	}
	return sameManner(units, start)
}

// whole reports whether every unit has the ones above it.
func whole(units map[unit]part) bool {
	has := func(u unit) bool { return units[u] != "" }
	switch {
	case has(theISOYear) != has(theWeek):
		return false
	case (has(theMonth) || has(theQuarter) || has(theHalf)) && !has(theYear):
		return false
	case has(theDay) && !has(theMonth), has(theHour) && !has(theDay), has(theMinute) && !has(theHour):
		return false
	}
	return true
}

func finest(units map[unit]part) unit {
	least := theYear
	for u := range units {
		least = min(least, u)
	}
	return least
}

func sameManner(units, start map[unit]part) bool {
	for u, t := range units {
		if start[u] != "" && start[u] != t {
			return false
		}
	}
	return true
}

// rank is how simple a reading is; a smaller one is simpler.
type rank struct {
	unread int // digits that stand for themselves
	order  int // 0: larger units first; 1: the year last; 2: any other
	beyond int // placeholders that are not about the start
	short  int // parts that are not padded or not in full
}

func (r rank) compare(s rank) int {
	return cmp.Or(cmp.Compare(r.unread, s.unread), cmp.Compare(r.order, s.order), cmp.Compare(r.beyond, s.beyond), cmp.Compare(r.short, s.short))
}

func rankOf(used []placeholder, unread int) rank {
	r := rank{unread: unread}
	for i, h := range used {
		if h.edge != ofStart {
			r.beyond++
		}
		switch h.part {
		case shortYear, monthBare, dayBare, isoDigit, epoch:
			r.short++
		}
		if i > 0 && !inOrder(used[i-1], h) {
			r.order = 2
		}
	}
	if r.order > 0 && yearLast(used) {
		r.order = 1
	}
	return r
}

// inOrder reports whether the second of two placeholders does not name a larger unit than the first. A quarter and a half may
// stand anywhere.
func inOrder(a, b placeholder) bool {
	u, v := a.part.unit(), b.part.unit()
	return a.edge != b.edge || u > v || u == theQuarter || u == theHalf
}

// yearLast reports whether the year comes behind month and day, in whichever order these are, and the clock behind them.
func yearLast(used []placeholder) bool {
	dates := 0
	for _, h := range used {
		switch u := h.part.unit(); {
		case u == theYear && dates > 0:
			return true
		case u != theDay && u != theMonth:
			return false
		}
		dates++
	}
	return false
}
