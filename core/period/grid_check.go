package period

import (
	"errors"
	"fmt"
	"time"
)

// Check reports whether the grid divides the axis as its unit says it does: one unit alone, minutes and hours that divide
// a day and only in UTC, months that divide a year or are whole years, nothing wider than a thousand years.
// Its error is a clause.
func (g Grid) Check() error {
	e := g.Every
	switch e.Set = false; {
	case e == Span{}:
		return errors.New("a window needs a width, for example `1 day`")
	case e.Windows != 0:
		return errors.New("a window needs a width with a unit, for example `1 day`")
	case e.Months < 0 || e.Days < 0 || e.Exact < 0 || e.IDs < 0:
		return errors.New("a window cannot have a negative width")
	case e != Span{Months: e.Months} && e != Span{Days: e.Days} && e != Span{Exact: e.Exact} && e != Span{IDs: e.IDs}:
		return errors.New("a window is as wide as a number of one unit, not of several")
	case e.Exact > 0:
		return g.checkExact()
	case e.Months > 12*1000 || e.Days > 366*1000:
		return errors.New("a window cannot be wider than a thousand years")
	case e.Months%12 != 0 && 12%max(1, e.Months) != 0:
		return fmt.Errorf("windows of %d months do not divide a year evenly; use 1, 2, 3, 4, 6 or whole years", e.Months)
	}
	return nil
}

func (g Grid) checkExact() error {
	switch width := g.Every.Exact; {
	case width%time.Minute != 0:
		return errors.New("a window must be a whole number of minutes")
	case 24*time.Hour%width != 0:
		return fmt.Errorf("windows of %s do not divide a day evenly", Span{Exact: width})
	case !IsUTC(g.Zone):
		return fmt.Errorf("windows shorter than a day are absolute and need the time zone UTC, not %s", g.Zone)
	}
	return nil
}
