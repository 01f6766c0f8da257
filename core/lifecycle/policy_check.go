package lifecycle

import (
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// maxName is the longest name of a relation, in bytes (NAMEDATALEN - 1).
const maxName = 63

// maxAhead is how many windows a default horizon may have.
const maxAhead = 200

// PolicyError says which field of a policy cannot be as it is.
type PolicyError struct {
	Field string // as documents write it: every, keep, name, ...
	Text  string // the offending text, may be empty
	What  string // what is wrong, a clause
}

func (e *PolicyError) Error() string {
	if e.Text == "" {
		return e.Field + ": " + e.What
	}
	return fmt.Sprintf("%s: %s, %q", e.Field, e.What, e.Text)
}

// Check tells, without a database, whether the policy can govern a table of that name.
// Its error is a *PolicyError.
func (p Policy) Check(table catalog.Name) error {
	if err := p.checkFields(); err != nil {
		return err
	}
	_, err := p.ownPattern(table)
	return err
}

func (p Policy) checkFields() error {
	for _, check := range []func() error{p.checkKind, p.checkWidth, p.checkSpans, p.checkCounts} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (p Policy) checkKind() error {
	switch {
	case len(p.List) > 0:
		return &PolicyError{Field: "list", What: "lists are not supported yet"}
	case p.Hash != 0:
		return &PolicyError{Field: "hash", What: "hashes are not supported yet"}
	case p.Within != nil:
		return &PolicyError{Field: "within", What: "nested partitions are not supported yet"}
	case p.Encoding != "":
		return &PolicyError{Field: "encoding", Text: p.Encoding, What: "only keys of type timestamptz, timestamp and date are supported yet"}
	case p.Calendar == nil && !p.Every.Set:
		return &PolicyError{Field: "every", What: "is missing: the width of a partition, for example `1 day`"}
	}
	return nil
}

func (p Policy) checkWidth() error {
	if p.Calendar != nil {
		return nil
	}
	if p.Every.IDs != 0 || p.Every.Windows != 0 {
		return &PolicyError{Field: "every", Text: p.Every.String(), What: "windows of ids are not supported yet; give a unit of time"}
	}
	if err := p.grid().Check(); err != nil {
		return &PolicyError{Field: "every", Text: p.Every.String(), What: err.Error()}
	}
	return nil
}

func (p Policy) checkSpans() error {
	for _, f := range []struct {
		name    string
		span    period.Span
		zero    bool
		windows bool
	}{
		{"ahead", p.Ahead, false, true},
		{"keep", p.Keep, false, true},
		{"drop_after", p.DropAfter, true, false},
		{"min_runway", p.MinRunway, true, true},
	} {
		if err := checkSpan(f.name, f.span, f.zero, f.windows); err != nil {
			return err
		}
	}
	return nil
}

func checkSpan(field string, s period.Span, zero, windows bool) error {
	fail := func(what string) error { return &PolicyError{Field: field, Text: s.String(), What: what} }
	switch {
	case !s.Set:
		return nil
	case s.IDs != 0:
		return fail("a number of ids needs windows of ids")
	case s.Windows != 0 && !windows:
		return fail("must be a duration, for example `7 days`")
	case s.IsZero() && !zero:
		return fail("must be more than nothing; leave the field out instead")
	case s.Months < 0 || s.Days < 0 || s.Exact < 0 || s.Windows < 0:
		return fail("must not be negative")
	}
	return nil
}

func (p Policy) checkCounts() error {
	switch {
	case p.Behind < 0:
		return &PolicyError{Field: "behind", Text: fmt.Sprint(p.Behind), What: "must not be negative"}
	case p.MaxRetire < 0:
		return &PolicyError{Field: "max_retire", Text: fmt.Sprint(p.MaxRetire), What: "must not be negative"}
	case !p.Leaf.known():
		return &PolicyError{Field: "leaf", What: "has a word that is neither like_newest nor like_parent"}
	}
	for key := range p.Leaf.Storage {
		if strings.TrimLeft(key, "abcdefghijklmnopqrstuvwxyz0123456789_.") != "" || key == "" {
			return &PolicyError{Field: "leaf", Text: key, What: "is not the name of a storage parameter"}
		}
	}
	return nil
}

// ownPattern is the pattern that the policy gives, or its calendar. No name that it makes may be longer than PostgreSQL keeps.
func (p Policy) ownPattern(table catalog.Name) (period.Pattern, error) {
	pattern, err := p.pattern(p.Name)
	if err != nil {
		return period.Pattern{}, &PolicyError{Field: "name", Text: p.Name, What: err.Error()}
	}
	if n := pattern.Longest(table.Table); n > maxName {
		return period.Pattern{}, &PolicyError{Field: "name", Text: pattern.String(),
			What: fmt.Sprintf("names of partitions of %s would be up to %d bytes long and PostgreSQL keeps %d; give a shorter `name` pattern", table, n, maxName)}
	}
	return pattern, nil
}

// grid is the calendar that Every describes.
func (p Policy) grid() period.Grid {
	return period.Grid{Every: p.Every, Zone: p.zone(), Origin: p.Origin}
}

// calendar divides the axis: the program's own calendar, or the grid.
func (p Policy) calendar() period.Calendar {
	if p.Calendar != nil {
		return p.Calendar
	}
	return p.grid()
}

// pattern parses text, or the calendar's own pattern where text is empty.
func (p Policy) pattern(text string) (period.Pattern, error) {
	if text == "" {
		text = p.calendar().Pattern()
	}
	return period.ParsePattern(text, p.calendar(), p.zone())
}

// zone is the zone of the windows, UTC by default.
func (p Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
