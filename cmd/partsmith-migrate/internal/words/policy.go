package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// Every says what a partition of the policy holds: a partition for each day (UTC). Where its zone is that of the existing
// partitions, and another than by default, it says so.
func Every(p lifecycle.Policy, from level.ZoneFrom) string {
	zone := " (" + Zone(p.Zone) + ")"
	if from == level.ZoneOfExisting && !period.IsUTC(p.Zone) {
		zone = ", timezone: as existing" + zone
	}
	if p.Calendar != nil || !p.Every.Set {
		return "a partition for each window of its calendar" + zone
	}
	text := everyText(p.Every)
	if one, ok := strings.CutPrefix(text, "1 "); ok {
		return "a partition for each " + one + zone
	}
	return "a partition for every " + text + zone
}

// everyText writes days that make whole weeks as weeks: their windows begin on Mondays.
func everyText(s period.Span) string {
	if s.Days == 0 || s.Days%7 != 0 || s.Months != 0 || s.Exact != 0 {
		return spanText(s)
	}
	return human.Plural(s.Days/7, "week")
}

// Ahead says how far partitions must reach.
func Ahead(p lifecycle.Policy, horizon period.Point) string {
	text := "14 days or 4 windows, whichever reaches further"
	if p.Ahead.Set {
		text = inTime(p.Ahead, p.Every)
	}
	return text + until(", to ", horizon, p.Zone)
}

// Keep says what is kept, and what becomes of the rest.
func Keep(p lifecycle.Policy, cutoff period.Point) string {
	if !p.Keep.Set {
		return "for ever: nothing is detached"
	}
	return inTime(p.Keep, p.Every) + until(", back to ", cutoff, p.Zone) + "; " + Afterwards(p)
}

// Afterwards says what becomes of a partition that was detached.
func Afterwards(p lifecycle.Policy) string {
	switch {
	case !p.DropAfter.Set:
		return "what is detached is never dropped"
	case p.DropAfter.IsZero():
		return "what is detached is dropped in the same run"
	}
	return "what is detached is dropped " + spanText(p.DropAfter) + " later"
}

func until(text string, p period.Point, zone *time.Location) string {
	if p.IsZero() {
		return ""
	}
	return text + About(p, zone)
}

// inTime says what a count of windows means in time: 90 windows = 90 days.
func inTime(s, every period.Span) string {
	if s.Windows == 0 {
		return spanText(s)
	}
	text := human.Plural(s.Windows, "window")
	if !every.Set || every.IDs != 0 || every.Windows != 0 {
		return text
	}
	length := period.Span{Months: every.Months * s.Windows, Days: every.Days * s.Windows,
		Exact: every.Exact * time.Duration(s.Windows), Set: true}
	return text + " = " + spanText(length)
}

// spanText writes hours that make whole days as days.
func spanText(s period.Span) string {
	const day = 24 * time.Hour
	if s.Exact > 0 && s.Exact%day == 0 && s.Months == 0 && s.Days == 0 {
		return fmt.Sprint(period.Span{Days: int(s.Exact / day), Set: true})
	}
	return s.String()
}
