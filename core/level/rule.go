package level

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Rule is what a policy says about the division of one level; lifecycle.Policy tells of the fields.
type Rule struct {
	Every     period.Span
	Calendar  period.Calendar // instead of Every
	Zone      *time.Location  // nil: that of the existing partitions, else UTC
	Ahead     period.Span
	Behind    int
	Keep      period.Span
	MinRunway period.Span
	Origin    int64
	Column    string
	Encoding  string
	Name      string
	MaxRetire int
}

// FieldError says which field of a rule cannot be as it is.
type FieldError struct {
	Field string // as documents write it: every, name
	Text  string // the offending text, may be empty
	What  string // what is wrong, a clause
}

func (e *FieldError) Error() string {
	if e.Text == "" {
		return e.Field + ": " + e.What
	}
	return fmt.Sprintf("%s: %s, %q", e.Field, e.What, e.Text)
}

// CheckWidth tells whether the rule divides anything. Its error is a *FieldError.
func (r Rule) CheckWidth() error {
	if r.Calendar != nil {
		return nil
	}
	fail := func(what string) error { return &FieldError{Field: "every", Text: r.Every.String(), What: what} }
	if r.Every.IDs != 0 || r.Every.Windows != 0 {
		return fail("windows of ids are not supported yet; give a unit of time")
	}
	if err := r.grid().Check(); err != nil {
		return fail(err.Error())
	}
	return nil
}

// CheckName tells whether the rule names the partitions of a table. Its error is a *FieldError.
func (r Rule) CheckName(table catalog.Name) error {
	_, err := r.pattern(table)
	return err
}

// pattern is the one that the rule gives, or its calendar. No name that it makes may be longer than PostgreSQL keeps.
func (r Rule) pattern(table catalog.Name) (period.Pattern, error) {
	text := r.Name
	if text == "" {
		text = r.calendar().Pattern()
	}
	pattern, err := period.ParsePattern(text, r.calendar(), r.zone())
	if err != nil {
		return period.Pattern{}, &FieldError{Field: "name", Text: r.Name, What: err.Error()}
	}
	if n := pattern.Longest(table.Table); n > ddl.MaxName {
		return period.Pattern{}, &FieldError{Field: "name", Text: pattern.String(),
			What: fmt.Sprintf("names of partitions of %s would be up to %d bytes long and PostgreSQL keeps %d; give a shorter `name` pattern", table, n, ddl.MaxName)}
	}
	return pattern, nil
}

// grid is the calendar that Every describes.
func (r Rule) grid() period.Grid {
	return period.Grid{Every: r.Every, Zone: r.zone(), Origin: r.Origin}
}

// calendar divides the axis: the program's own calendar, or the grid.
func (r Rule) calendar() period.Calendar {
	if r.Calendar != nil {
		return r.Calendar
	}
	return r.grid()
}

// zone is the zone of the windows, UTC by default.
func (r Rule) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}
