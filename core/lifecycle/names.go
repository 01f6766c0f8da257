package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// choosePattern takes the policy's pattern, else the one that the existing partitions follow, else the calendar's.
func (a axis) choosePattern(table catalog.Table, policy Policy) (period.Pattern, error) {
	if found, ok := a.reading.Pattern(); ok && policy.Name == "" && found.Longest(table.Name.Table) <= maxName {
		return found, nil
	}
	return policy.ownPattern(table.Name)
}

// recognise reads the pattern off the names of the partitions that lie on the grid.
func (a axis) recognise(table catalog.Table) period.Reading {
	named := make([]period.Named, 0, len(table.Partitions))
	for i := range table.Partitions {
		p := &table.Partitions[i]
		if b := a.bounds[i]; b.known && p.State != catalog.Detached {
			named = append(named, period.Named{Name: p.Name.Table, Window: a.meant(b.window)})
		}
	}
	return period.Recognise(table.Name.Table, named, a.calendar, a.zone)
}

// noticeNames reports existing names that new ones will not be like.
func (m *maker) noticeNames() {
	reading, pattern := m.axis.reading, m.axis.pattern
	found, ok := reading.Pattern()
	switch {
	case len(reading.Names) == 0 || pattern.Named(m.table.Name.Table, reading.Names):
	case m.policy.Name == "":
		m.nameUnknown()
	case ok:
		m.find(Finding{Code: "name_differs", Severity: Warning,
			Message: fmt.Sprintf("the partitions of %s are named %s, and the policy names new ones %s", m.table.Name, found, pattern),
			Remedy:  "Leave `name` out to follow the existing names."})
	}
}

// nameUnknown reports that new names cannot follow the existing ones, since none or more than one pattern could be theirs.
// What is missing is made all the same: a name matters less than a partition.
func (m *maker) nameUnknown() {
	reading, usual := m.axis.reading, m.axis.pattern
	f := Finding{Code: "name_unknown", Severity: Warning,
		Message: fmt.Sprintf("the names of the partitions of %s (%s) follow no pattern that can be read, so new ones are named %s", m.table.Name, some(reading.Names), usual),
		Remedy:  fmt.Sprintf("Write their pattern in the policy, or %s where new names may be others.", nameLine(usual))}
	var readings, lines []string
	for _, p := range reading.Patterns {
		readings, lines = append(readings, p.String()), append(lines, nameLine(p))
	}
	switch len(readings) {
	case 0:
	case 1:
		f.Message = fmt.Sprintf("the partitions of %s are named %s, which would make names of more than %d bytes, so new ones are named %s", m.table.Name, readings[0], maxName, usual)
		f.Remedy = fmt.Sprintf("Write %s, or another pattern, in the policy.", nameLine(usual))
	default:
		f.Message = fmt.Sprintf("the names of the partitions of %s (%s) can be read as %s, so new ones are named %s",
			m.table.Name, some(reading.Names), strings.Join(readings, " or as "), usual)
		f.Remedy = "Write in the policy which is meant: " + strings.Join(lines, " or ") + "."
	}
	m.find(f)
}

// nameLine is what to write in a policy, in single quotes: braces would begin a mapping of YAML.
func nameLine(p period.Pattern) string {
	return "`name: '" + strings.ReplaceAll(p.String(), "'", "''") + "'`"
}

// some are the first and the last of names that are in the order of their windows.
func some(names []period.Named) string {
	var all []string
	for _, n := range names {
		all = append(all, catalog.QuoteIdent(n.Name))
	}
	if len(all) > 3 {
		all = slices.Concat(all[:1], []string{"..."}, all[len(all)-1:])
	}
	return strings.Join(all, ", ")
}
