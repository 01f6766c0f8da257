package period

import (
	"cmp"
	"time"
)

// points are the earliest points with these parts. There is more than one where the year of a week and the year of the
// calendar are not both told.
func (f parts) points(zone *time.Location) []Point {
	if text, ok := f[bound]; ok {
		n, ok := idOf(text)
		return pointIf(ID(n), ok)
	}
	if text, ok := f[epoch]; ok {
		n, ok := idOf(text)
		return pointIf(Instant(time.Unix(n, 0)), ok)
	}
	n, ok := f.numbers()
	if !ok {
		return nil
	}
	var points []Point
	for _, y := range years(n) {
		points = append(points, Instant(Date(y, firstMonth(n), max(1, dayIn(n)), n[hour], n[minutes], 0, 0, zone)))
		for _, day := range daysOfWeek(y, n) {
			points = append(points, Instant(Date(y, time.January, day, n[hour], n[minutes], 0, 0, zone)))
		}
	}
	return points
}

func pointIf(p Point, ok bool) []Point {
	if !ok {
		return nil
	}
	return []Point{p}
}

// years that the parts may mean: an ISO year and the year of the calendar differ by one at most.
func years(n map[part]int) []int {
	if y, ok := n[year]; ok {
		return around(y)
	}
	if y, ok := n[isoYear]; ok {
		return around(y)
	}
	if y, ok := n[shortYear]; ok {
		if y < 70 { // as PostgreSQL's to_date has it
			y += 100
		}
		return around(1900 + y)
	}
	return nil
}

func around(y int) []int { return []int{y, y - 1, y + 1} }

// firstMonth is the month, or the first one of the quarter or of the half.
func firstMonth(n map[part]int) time.Month {
	switch {
	case n[month] > 0 || n[monthBare] > 0:
		return time.Month(cmp.Or(n[month], n[monthBare]))
	case n[quarter] > 0:
		return time.Month(n[quarter]*3 - 2)
	case n[half] > 0:
		return time.Month(n[half]*6 - 5)
	}
	return time.January
}

// dayIn is the day of the month, 0 where none is told.
func dayIn(n map[part]int) int { return cmp.Or(n[dayOfMon], n[dayBare]) }

// daysOfWeek are those that the parts may mean of the ISO week that they name, as days of January: the Monday, or each where a
// day of the month is told as well.
func daysOfWeek(year int, n map[part]int) []int {
	week, ok := n[isoWeek]
	if !ok {
		return nil
	}
	days := []int{mondayOf(year, week)}
	for dayIn(n) > 0 && len(days) < 7 {
		days = append(days, days[0]+len(days))
	}
	return days
}

// mondayOf is the first day of an ISO week as a day of January. January 4th is always in the first week.
func mondayOf(year, week int) int {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	return 4 + 7*(week-1) - (int(fourth.Weekday())+6)%7
}
