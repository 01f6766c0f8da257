package leaf

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// sharedBy names a thing that not all partitions have.
func sharedBy(o catalog.Own, newest catalog.Name, partitions int) string {
	return fmt.Sprintf("%s (on %d of %d partitions)", text(o, newest), o.Partitions, partitions)
}

// Texts are what a new partition gets like the existing ones, for people.
func (l *Likeness) Texts() []string {
	var texts []string
	for _, o := range l.own {
		texts = append(texts, text(o, l.newest.Name))
	}
	if l.secured != securedBy(l.table) {
		texts = append(texts, securityText(l.secured))
	}
	for _, more := range []struct {
		shared, given, text string
	}{
		{l.space, cmp.Or(l.rule.Tablespace, l.table.Tablespace), "tablespace " + catalog.QuoteIdent(l.space)},
		{l.method, cmp.Or(l.rule.AccessMethod, l.table.AccessMethod), "access method " + catalog.QuoteIdent(l.method)},
		{l.identity, "", "replica identity " + map[string]string{"f": "FULL", "n": "NOTHING"}[l.identity]},
		{l.comment, "", "comment"},
	} {
		if more.shared != "" && more.given == "" {
			texts = append(texts, more.text)
		}
	}
	if l.unlogged && l.rule.Logging == "" && !l.table.Unlogged {
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

// text names a thing as short as can be.
func text(o catalog.Own, newest catalog.Name) string {
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
