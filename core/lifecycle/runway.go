package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// Runway is how long rows will find a partition of their own, and how long they will find any.
type Runway struct {
	Until   period.Point // the first point from the cursor on without a partition of its own; High: there is none
	Windows int          // whole windows that begin after the cursor's and are covered without a hole
	Least   period.Point // what the policy's min_runway asks for
	Default bool         // from Until on rows fall into a DEFAULT partition; else inserts of them fail
}

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

// KeepInTime says what a policy's keep means at the plan's time, as a clause; empty where nothing ever expires.
func (p Plan) KeepInTime() string {
	if p.Cutoff.IsZero() {
		return ""
	}
	return fmt.Sprintf("what ends at or before %s has expired", p.Cutoff)
}
