package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// wanted are the windows that must exist, in order.
func (a axis) wanted(policy Policy, now period.Point) []period.Window {
	first, last := a.behind(policy, now), a.ahead(policy, now)
	var windows []period.Window
	for w := first; w.From.Before(last.To); w = a.calendar.Add(w, 1) {
		windows = append(windows, w)
	}
	return windows
}

// behind is the first wanted window: as many before the current one as the policy says, never past its cutoff.
func (a axis) behind(policy Policy, now period.Point) period.Window {
	first := a.current
	cutoff := a.cutoff(policy, now)
	for range policy.Behind {
		before := a.calendar.Add(first, -1)
		if !cutoff.IsZero() && !cutoff.Before(before.To) {
			break
		}
		first = before
	}
	return first
}

// ahead is the last wanted window.
func (a axis) ahead(policy Policy, now period.Point) period.Window {
	switch s := policy.Ahead; {
	case s.Windows > 0:
		return a.calendar.Add(a.current, s.Windows-1)
	case s.Set:
		return a.lastBefore(s.Forward(now, a.zone))
	}
	last := a.lastBefore(period.Days(14).Forward(now, a.zone))
	if four := a.calendar.Add(a.current, 3); last.Compare(four) < 0 {
		last = four
	}
	if most := a.calendar.Add(a.current, maxAhead-1); most.Compare(last) < 0 {
		last = most
	}
	return last
}

// lastBefore is the last window that begins before p, the current one at least.
func (a axis) lastBefore(p period.Point) period.Window {
	w := a.calendar.At(p)
	if w.From == p {
		w = a.calendar.Add(w, -1)
	}
	if w.Compare(a.current) < 0 {
		return a.current
	}
	return w
}

// cutoff is the point at or before which a partition must end to have expired; zero where nothing ever expires.
// It never lies behind the beginning of the current window.
func (a axis) cutoff(policy Policy, now period.Point) period.Point {
	var cutoff period.Point
	switch s := policy.Keep; {
	case !s.Set || s.IsZero():
		return period.Point{}
	case s.Windows > 0:
		cutoff = a.calendar.Add(a.current, 1-s.Windows).From
	default:
		cutoff = s.Back(now, a.zone)
	}
	if a.current.From.Before(cutoff) {
		return a.current.From
	}
	return cutoff
}

// leastRunway is the point up to which a run must leave partitions for the policy to call it enough.
func (a axis) leastRunway(policy Policy, now period.Point) period.Point {
	switch s := policy.MinRunway; {
	case !s.Set:
		return a.calendar.Add(a.current, 1).To
	case s.IsZero():
		return now
	case s.Windows > 0:
		return a.calendar.Add(a.current, s.Windows-1).To
	default:
		return s.Forward(now, a.zone)
	}
}

// runway measures how far the windows, sorted, reach from now without a hole.
func (a axis) runway(covered []period.Window, now, least period.Point) Runway {
	until := now
	for _, w := range covered {
		if until.Before(w.From) {
			break
		}
		if until.Before(w.To) {
			until = w.To
		}
	}
	r := Runway{Until: until, Least: least}
	for w := a.calendar.Add(a.current, 1); r.Windows < maxRunwayWindows && !until.Before(w.To); w = a.calendar.Add(w, 1) {
		r.Windows++
	}
	return r
}

// maxRunwayWindows ends the count where a partition without an upper bound would make it endless.
const maxRunwayWindows = 10_000

// Enough reports whether rows find a partition of their own for as long as the policy's min_runway asks.
func (r Runway) Enough() bool { return !r.Until.Before(r.Least) }

// Fails is the first point from the cursor on whose rows cannot be inserted for want of a partition; High: there is none in
// sight. That CHECKs of the user's on a DEFAULT partition let the rows in is taken for granted.
func (r Runway) Fails() period.Point {
	if r.Default {
		return period.High()
	}
	return r.Until
}

// Safe reports whether inserts find a partition, if only DEFAULT, for as long as the policy's min_runway asks.
func (r Runway) Safe() bool { return !r.Fails().Before(r.Least) }

// From is how long the runway is, seen from at. It is false where no end is in sight.
func (r Runway) From(at time.Time) (time.Duration, bool) {
	until, ok := r.Until.Time()
	if !ok {
		return 0, false
	}
	return max(0, until.Sub(at)), true
}

// brake is how many partitions may be retired at once: what the policy says, else 50, or three days' worth of windows.
func (a axis) brake(policy Policy) int {
	if policy.MaxRetire > 0 {
		return policy.MaxRetire
	}
	from, ok := a.current.From.Time()
	to, ok2 := a.current.To.Time()
	if !ok || !ok2 || to.Sub(from) <= 0 {
		return 50
	}
	return max(50, int(72*time.Hour/to.Sub(from)))
}

// KeepInTime says what a policy's keep means at the plan's time, as a clause; empty where nothing ever expires.
func (p Plan) KeepInTime() string {
	if p.Cutoff.IsZero() {
		return ""
	}
	return fmt.Sprintf("what ends at or before %s has expired", p.Cutoff)
}
