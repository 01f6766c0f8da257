package lifecycle

import (
	"errors"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/period"
)

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
	return policyError(p.rule().CheckName(table))
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

func (p Policy) checkWidth() error { return policyError(p.rule().CheckWidth()) }

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
	case !p.Leaf.Known():
		return &PolicyError{Field: "leaf", What: "has a word that is neither like_newest nor like_parent"}
	}
	for key := range p.Leaf.Storage {
		if strings.TrimLeft(key, "abcdefghijklmnopqrstuvwxyz0123456789_.") != "" || key == "" {
			return &PolicyError{Field: "leaf", Text: key, What: "is not the name of a storage parameter"}
		}
	}
	return nil
}

// rule is what the policy says about the division of its level.
func (p Policy) rule() level.Rule {
	return level.Rule{Every: p.Every, Calendar: p.Calendar, Zone: p.Zone, Origin: p.Origin, Ahead: p.Ahead, Behind: p.Behind, Keep: p.Keep,
		MinRunway: p.MinRunway, Column: p.Column, Encoding: p.Encoding, Name: p.Name, MaxRetire: p.MaxRetire}
}

// read reads a table under the policy.
func (p Policy) read(table catalog.Table, cursor period.Point) (*level.Level, error) {
	if err := p.checkFields(); err != nil {
		return nil, err
	}
	l, err := level.Read(table, p.rule(), cursor)
	return l, policyError(err)
}

// policyError names a field of a level's rule as one of its policy.
func policyError(err error) error {
	var field *level.FieldError
	if errors.As(err, &field) {
		return (*PolicyError)(field)
	}
	return err
}
