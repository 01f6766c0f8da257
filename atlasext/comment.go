package atlasext

import (
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// keepComments lets the desired comments of existing tables have the lines of ours that their comments have now, such as
// partsmith:hold: what a person has written into the database no file knows of, and no difference takes back.
func (v *view) keepComments() {
	for _, ns := range v.desired.Schemas {
		for i, t := range ns.Tables {
			current := tableIn(v.current, nameOf(t))
			if current == nil {
				continue
			}
			is := commentOf(current)
			rest, ours := divided(is)
			if len(ours) == 0 {
				continue
			}
			own := *t
			own.Attrs = slices.DeleteFunc(slices.Clone(t.Attrs), func(a schema.Attr) bool { _, ok := a.(*schema.Comment); return ok })
			wanted, _ := divided(commentOf(t))
			text := is // to the letter, where nothing else differs
			if wanted != rest {
				text = strings.Join(slices.Concat(lines(wanted), ours), "\n")
			}
			own.Attrs = append(own.Attrs, &schema.Comment{Text: text})
			ns.Tables[i] = &own
		}
	}
}

func commentOf(t *schema.Table) string {
	for _, a := range t.Attrs {
		if c, ok := a.(*schema.Comment); ok {
			return c.Text
		}
	}
	return ""
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
