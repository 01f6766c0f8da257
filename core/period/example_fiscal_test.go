package period_test

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// Fiscal is a retailer's year of 4-4-5 weeks: it begins on the Monday nearest to February 1st, each quarter has months of
// four, four and five weeks, and a year of 53 weeks has its last in the last month.
type Fiscal struct{ Zone *time.Location }

// At finds the year and then the month: no year has more than twelve.
func (f Fiscal) At(p period.Point) period.Window {
	at, ok := p.Time()
	if !ok {
		return period.Window{}
	}
	month := 12*(at.In(f.Zone).Year()-1) + 8 // a September, well before
	w := f.month(month)
	for ; !p.Before(w.To); w = f.month(month) {
		month++
	}
	return w
}

// Add counts months from the first of the window's year.
func (f Fiscal) Add(w period.Window, n int) period.Window {
	at, _ := w.From.Time()
	month := 12 * (at.In(f.Zone).Year() - 1)
	for f.start(month).Before(w.From) {
		month++
	}
	return f.month(month + n)
}

// Pattern names a month by the date it begins on.
func (Fiscal) Pattern() string { return "{table}__{yyyy}_{mm}_{dd}" }

// month is a window, its number counted from the first month of year 0.
func (f Fiscal) month(n int) period.Window {
	return period.Window{From: f.start(n), To: f.start(n + 1)}
}

func (f Fiscal) start(n int) period.Point {
	year, month := n/12, n%12
	day := nearestMonday(year) + 7*(13*(month/3)+4*(month%3))
	return period.Instant(period.Midnight(year, time.February, day, f.Zone))
}

// nearestMonday is the day in February of the Monday nearest to the 1st; 0 is January 31st.
func nearestMonday(year int) int {
	since := (int(time.Date(year, time.February, 1, 0, 0, 0, 0, time.UTC).Weekday()) + 6) % 7
	if since > 3 {
		return 1 + 7 - since
	}
	return 1 - since
}

// A program's own calendar is used as a Grid is: it only has to tell where its windows lie.
func ExampleCalendar() {
	chicago, err := period.ParseZone("America/Chicago")
	if err != nil {
		fmt.Println(err)
		return
	}
	fiscal := Fiscal{Zone: chicago}
	names, err := period.ParsePattern(fiscal.Pattern(), fiscal, chicago)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := fiscal.At(period.Instant(time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)))
	for range 4 {
		from, _ := w.From.Time()
		to, _ := w.To.Time()
		fmt.Printf("%s has %.0f weeks\n", names.Name("sales", w), to.Sub(from).Hours()/24/7)
		w = fiscal.Add(w, 1)
	}
	fmt.Println(names.Parse("sales", "sales__2027_02_01"))
	// Output:
	// sales__2026_11_02 has 4 weeks
	// sales__2026_11_30 has 4 weeks
	// sales__2026_12_28 has 5 weeks
	// sales__2027_02_01 has 4 weeks
	// [2027-02-01T06:00:00Z, 2027-03-01T06:00:00Z) true
}
