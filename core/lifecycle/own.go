package lifecycle

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// shareOwn takes what all partitions have of what the newest has of its own, and tells what else it has.
func (m *maker) shareOwn(newest *part, partitions int) {
	var some, stuck []string
	for _, o := range newest.Own {
		bound := o.Keyed && partitions == 1 // what a single partition says of the key is about itself
		switch {
		case !m.policy.Leaf.takes(o.Kind) || bound:
		case o.Partitions < partitions && !o.Keyed:
			some = append(some, fmt.Sprintf("%s (on %d of %d partitions)", ownText(o, newest.Name), o.Partitions, partitions))
		case o.Partitions < partitions:
		case o.Keyed || !makeable(o):
			stuck = append(stuck, ownText(o, newest.Name))
		default:
			m.shared.own = append(m.shared.own, o)
		}
	}
	m.tellSome(newest, some)
	m.tellStuck(stuck)
}

// makeable reports whether what one partition has can be made on another. A foreign key locks what it references, and rules are
// about one table.
func makeable(o catalog.Own) bool {
	return o.Kind != catalog.OwnForeignKey && o.Kind != catalog.OwnRule && (o.Def != "" || o.Kind == catalog.OwnNotNull)
}

func (m *maker) tellSome(newest *part, some []string) {
	if len(some) == 0 {
		return
	}
	m.find(Finding{Code: "leaf_differs", Severity: Info, Partition: newest.Name,
		Message: fmt.Sprintf("%s, the newest partition of %s, has what others lack, and new ones do not get it: %s", newest.Name, m.table.Name, strings.Join(some, ", ")),
		Remedy:  "What all partitions have is made on new ones. Make it on the others too, or on the table itself; `leaf: like_parent` says that it is meant."})
}

func (m *maker) tellStuck(stuck []string) {
	if len(stuck) == 0 {
		return
	}
	m.find(Finding{Code: "leaf_differs", Severity: Warning,
		Message: fmt.Sprintf("all partitions of %s have what it lacks itself, and new ones do not get it: %s", m.table.Name, strings.Join(stuck, ", ")),
		Remedy:  "Make it on the table itself, or on new partitions by hand; `leaf: like_parent` says that it is meant."})
}

// withoutLikeness keeps what cannot wait, and says so. All else waits: one partition that lacks what all others have would
// end the likeness for good.
func (m *maker) withoutLikeness(pieces []piece, code, why string) (urgent []piece) {
	var later []piece
	for _, p := range pieces {
		if p.Urgent {
			urgent = append(urgent, p)
		} else {
			later = append(later, p)
		}
	}
	if len(urgent) > 0 {
		m.find(Finding{Code: "leaf_differs", Severity: Warning,
			Message: fmt.Sprintf("new partitions of %s that cannot wait get what the table has alone: what all partitions have %s", m.table.Name, why),
			Remedy:  "Compare them with those before, and make by hand what they lack."})
	}
	if len(later) > 0 {
		m.find(Finding{Code: code, Severity: Error, Window: period.Window{From: later[0].Window.From, To: later[len(later)-1].Window.To},
			Message: fmt.Sprintf("later partitions of %s are not made: what all partitions have %s", m.table.Name, why),
			Remedy:  "The next run tries again. `leaf: like_parent`, or the word for that one thing, does without."})
	}
	return urgent
}

// likeTexts are what a new partition gets like the existing ones, for people.
func (m *maker) likeTexts() []string {
	var texts []string
	for _, o := range m.shared.own {
		texts = append(texts, ownText(o, m.shared.newest))
	}
	if t := m.table; m.shared.secured != (catalog.RowSecurity{On: t.RowSecurity, Forced: t.ForceRowSecurity}) {
		texts = append(texts, securityText(m.shared.secured))
	}
	for _, more := range []struct {
		shared, given, text string
	}{
		{m.shared.space, or(m.policy.Leaf.Tablespace, m.table.Tablespace), "tablespace " + catalog.QuoteIdent(m.shared.space)},
		{m.shared.method, or(m.policy.Leaf.AccessMethod, m.table.AccessMethod), "access method " + catalog.QuoteIdent(m.shared.method)},
		{m.shared.identity, "", "replica identity " + map[string]string{"f": "FULL", "n": "NOTHING"}[m.shared.identity]},
		{m.shared.comment, "", "comment"},
	} {
		if more.shared != "" && more.given == "" {
			texts = append(texts, more.text)
		}
	}
	if m.shared.unlogged && m.policy.Leaf.Logging == "" && !m.table.Unlogged {
		texts = append(texts, "unlogged")
	}
	return texts
}

func securityText(s catalog.RowSecurity) string {
	switch {
	case s.On && s.Forced:
		return "row security on and forced"
	case s.On:
		return "row security on"
	case s.Forced:
		return "row security off and forced"
	}
	return "row security off"
}

// ownText names a thing as short as can be.
func ownText(o catalog.Own, newest catalog.Name) string {
	name := catalog.QuoteIdent(o.Name)
	if o.Def == "" && o.Kind != catalog.OwnNotNull {
		return string(o.Kind) + " " + name
	}
	switch o.Kind {
	case catalog.OwnIndex:
		return strings.ToLower(o.Head) + "index " + toColumns(o.On(newest))
	case catalog.OwnConstraint:
		return toColumns(o.On(newest))
	case catalog.OwnStatistics:
		return "statistics " + toColumns(strings.TrimPrefix(strings.TrimSpace(o.On(newest)), "ON "))
	case catalog.OwnTarget, catalog.OwnOptions:
		return "statistics of column " + name
	case catalog.OwnStorage, catalog.OwnCompression, catalog.OwnNotNull, catalog.OwnComment:
		return strings.TrimPrefix(string(o.Kind), "column ") + " of column " + name
	case catalog.OwnToast:
		return "toast." + o.Def
	default:
		return string(o.Kind) + " " + name
	}
}

// behindColumns is what may follow the columns of an index and lengthens its text without telling it from others.
var behindColumns = regexp.MustCompile(` (INCLUDE|NULLS NOT DISTINCT|WITH|WHERE|DEFERRABLE)\b.*`)

// toColumns is a definition to the end of its columns.
func toColumns(def string) string {
	return behindColumns.ReplaceAllString(strings.TrimPrefix(def, "USING btree "), "")
}
