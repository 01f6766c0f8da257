package atlasext

import (
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// keepComments lets the desired comments of existing tables have the lines of ours that their comments have now, such as
// partsmith:hold: what a person has written into the database no file knows of, and no difference takes back. Schemas of whose comment
// nothing is said keep theirs.
func (v *view) keepComments(unsaid map[string]bool) {
	for _, ns := range v.desired.Schemas {
		if current, ok := v.current.Schema(ns.Name); ok && unsaid[ns.Name] && commentOf(current.Attrs) != "" {
			ns.Attrs = withComment(ns.Attrs, &schema.Comment{Text: commentOf(current.Attrs)})
		}
		for i, t := range ns.Tables {
			current := tableIn(v.current, nameOf(t))
			if current == nil {
				continue
			}
			is := commentOf(current.Attrs)
			rest, ours := divided(is)
			if len(ours) == 0 {
				continue
			}
			own := *t
			wanted, more := divided(commentOf(t.Attrs))
			more = slices.DeleteFunc(more, func(line string) bool {
				return slices.ContainsFunc(ours, func(has string) bool { return strings.Fields(has)[0] == strings.Fields(line)[0] })
			})
			text := is // to the letter, where nothing else differs
			if wanted != rest || len(more) > 0 {
				text = strings.Join(slices.Concat(lines(wanted), ours, more), "\n")
			}
			own.Attrs = withComment(t.Attrs, &schema.Comment{Text: text})
			ns.Tables[i] = &own
		}
	}
}

// divided takes the lines of ours out of a comment.
func divided(comment string) (rest string, ours []string) {
	var others []string
	for _, line := range lines(comment) {
		if strings.HasPrefix(strings.TrimSpace(line), "partsmith:") {
			ours = append(ours, line)
		} else {
			others = append(others, line)
		}
	}
	return strings.Join(others, "\n"), ours
}

// lines are none for an empty text.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
