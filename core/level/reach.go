package level

import (
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// reach is how far a rule looks ahead and back from a cursor, by its calendar.
type reach struct {
	rule     Rule
	now      period.Point
	calendar period.Calendar
	zone     *time.Location
	current  period.Window // the window that holds now
}

func (r Rule) at(now period.Point) reach {
	c := r.calendar()
	return reach{rule: r, now: now, calendar: c, zone: r.zone(), current: c.At(now)}
}

// maxAhead is how many windows a default horizon may have.
const maxAhead = 200

// wanted are the windows that must exist, in order.
func (r reach) wanted() []period.Window {
	first, last := r.behind(), r.ahead()
	var windows []period.Window
	for w := first; w.From.Before(last.To); w = r.calendar.Add(w, 1) {
		windows = append(windows, w)
	}
	return windows
}

// behind is the first wanted window: as many before the current one as the policy says, never past its cutoff.
func (r reach) behind() period.Window {
	first := r.current
	cutoff := r.cutoff()
	for range r.rule.Behind {
		before := r.calendar.Add(first, -1)
		if !cutoff.IsZero() && !cutoff.Before(before.To) {
			break
		}
		first = before
	}
	return first
}

// ahead is the last wanted window.
func (r reach) ahead() period.Window {
	switch s := r.rule.Ahead; {
	case s.Windows > 0:
		return r.calendar.Add(r.current, s.Windows-1)
	case s.Set:
		return r.lastBefore(s.Forward(r.now, r.zone))
	}
	last := r.lastBefore(period.Days(14).Forward(r.now, r.zone))
	if four := r.calendar.Add(r.current, 3); last.Compare(four) < 0 {
		last = four
	}
	if most := r.calendar.Add(r.current, maxAhead-1); most.Compare(last) < 0 {
		last = most
	}
	return last
}

// lastBefore is the last window that begins before p, the current one at least.
func (r reach) lastBefore(p period.Point) period.Window {
	w := r.calendar.At(p)
	if w.From == p {
		w = r.calendar.Add(w, -1)
	}
	if w.Compare(r.current) < 0 {
		return r.current
	}
	return w
}

// cutoff is the point at or before which a partition must end to have expired; zero where nothing ever expires.
// It never lies behind the beginning of the current window.
func (r reach) cutoff() period.Point {
	var cutoff period.Point
	switch s := r.rule.Keep; {
	case !s.Set || s.IsZero():
		return period.Point{}
	case s.Windows > 0:
		cutoff = r.calendar.Add(r.current, 1-s.Windows).From
	default:
		cutoff = s.Back(r.now, r.zone)
	}
	if r.current.From.Before(cutoff) {
		return r.current.From
	}
	return cutoff
}

// least is the point up to which a run must leave partitions for the policy to call it enough.
func (r reach) least() period.Point {
	switch s := r.rule.MinRunway; {
	case !s.Set:
		return r.calendar.Add(r.current, 1).To
	case s.IsZero():
		return r.now
	case s.Windows > 0:
		return r.calendar.Add(r.current, s.Windows-1).To
	default:
		return s.Forward(r.now, r.zone)
	}
}

// Runway tells how far windows reach from the cursor without a hole, and how many whole ones of the rule begin after the
// cursor's and are covered by them. The rule's zone is settled.
func (r Rule) Runway(cursor period.Point, covered []period.Window) (until period.Point, windows int) {
	a := r.at(cursor)
	until = cursor
	for _, w := range a.meantBy(sorted(covered)) {
		if until.Before(w.From) {
			break
		}
		if until.Before(w.To) {
			until = w.To
		}
	}
	for w := a.calendar.Add(a.current, 1); windows < maxRunwayWindows && !until.Before(w.To); w = a.calendar.Add(w, 1) {
		windows++
	}
	return until, windows
}

// maxRunwayWindows ends the count where a partition without an upper bound would make it endless.
const maxRunwayWindows = 10_000

// brake is how many partitions may be retired at once: what the policy says, else 50, or three days' worth of windows.
func (r reach) brake() int {
	if r.rule.MaxRetire > 0 {
		return r.rule.MaxRetire
	}
	from, ok := r.current.From.Time()
	to, ok2 := r.current.To.Time()
	if !ok || !ok2 || to.Sub(from) <= 0 {
		return 50
	}
	return max(50, int(72*time.Hour/to.Sub(from)))
}

// sorted are the windows in order; where they are that already, they are not copied.
func sorted(windows []period.Window) []period.Window {
	if slices.IsSortedFunc(windows, period.Window.Compare) {
		return slices.Clip(windows)
	}
	windows = slices.Clone(windows)
	slices.SortFunc(windows, period.Window.Compare)
	return windows
}

// stretches are sorted windows, those that touch or overlap made into one.
func stretches(windows []period.Window) (joined []period.Window) {
	for _, w := range windows {
		if last := len(joined) - 1; last >= 0 && w.From.Compare(joined[last].To) <= 0 {
			if joined[last].To.Before(w.To) {
				joined[last].To = w.To
			}
		} else {
			joined = append(joined, w)
		}
	}
	return joined
}
