package level

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// choosePattern takes the rule's pattern, else the one that the existing partitions follow, else the calendar's.
func (w *windows) choosePattern() (period.Pattern, error) {
	if found, ok := w.reading.Pattern(); ok && w.rule.Name == "" && found.Longest(w.table.Name.Table) <= ddl.MaxName {
		return found, nil
	}
	return w.rule.pattern(w.table.Name)
}

// recognise reads the pattern off the names of the partitions that lie on the grid.
func (w *windows) recognise() period.Reading {
	named := make([]period.Named, 0, len(w.parts))
	for i := range w.parts {
		if p := &w.parts[i]; p.Known && p.State != catalog.Detached {
			named = append(named, period.Named{Name: p.Name.Table, Window: w.meant(p.Window)})
		}
	}
	return period.Recognise(w.table.Name.Table, named, w.calendar, w.zone)
}

// Name is that of the window which the piece belongs to; part of one is named like the finest unit that tells its start apart.
func (w *windows) Name(p Piece) string {
	if !p.Whole {
		if finest := period.Finest(w.table.Name.Table, p.Hole.Window.From, w.zone); len(finest) <= ddl.MaxName {
			return finest
		}
	}
	return w.pattern.Name(w.table.Name.Table, w.calendar.At(p.Hole.Window.From))
}

// unlike tells of existing names that new ones will not be like.
func (w *windows) unlike() []Note {
	found, ok := w.reading.Pattern()
	switch {
	case len(w.reading.Names) == 0 || ok && found.String() == w.pattern.String() || w.pattern.Named(w.table.Name.Table, w.reading.Names):
	case w.rule.Name == "":
		return []Note{w.nameUnknown()}
	case ok:
		return []Note{{Code: "name_differs", Warns: true,
			Message: fmt.Sprintf("the partitions of %s are named %s, and the policy names new ones %s", w.table.Name, found, w.pattern),
			Remedy:  "Leave `name` out to follow the existing names."}}
	}
	return nil
}

// nameUnknown tells that new names cannot follow the existing ones, since none or more than one pattern could be theirs.
// What is missing is made all the same: a name matters less than a partition.
func (w *windows) nameUnknown() Note {
	table, usual := w.table.Name, w.pattern
	names := some(w.reading.Names)
	n := Note{Code: "name_unknown", Warns: true,
		Message: fmt.Sprintf("the names of the partitions of %s (%s) follow no pattern that can be read, so new ones are named %s", table, names, usual),
		Remedy:  fmt.Sprintf("Write their pattern in the policy, or %s where new names may be others.", nameLine(usual))}
	var readings, lines []string
	for _, p := range w.reading.Patterns {
		readings, lines = append(readings, p.String()), append(lines, nameLine(p))
	}
	switch len(readings) {
	case 0:
	case 1:
		n.Message = fmt.Sprintf("the partitions of %s are named %s, which would make names of more than %d bytes, so new ones are named %s", table, readings[0], ddl.MaxName, usual)
		n.Remedy = fmt.Sprintf("Write %s, or another pattern, in the policy.", nameLine(usual))
	default:
		n.Message = fmt.Sprintf("the names of the partitions of %s (%s) can be read as %s, so new ones are named %s",
			table, names, strings.Join(readings, " or as "), usual)
		n.Remedy = "Write in the policy which is meant: " + strings.Join(lines, " or ") + "."
	}
	return n
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
