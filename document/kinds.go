package document

import (
	"strconv"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// The kinds of single values. A number may be written as text too, because text may hold a variable.

// identifierKind is a name as SQL writes it: without quotes it folds to lower case.
func identifierKind() form.Kind[string] {
	return form.Kind[string]{
		Schema: form.Schema{Type: "string", MinLength: 1},
		Read: func(r *form.Reader, n *form.Node) (string, bool) {
			text, ok := r.Scalar(n, "a name")
			if !ok {
				return "", false
			}
			name, ok := readName(r, n, text)
			if ok && name.Schema != "" {
				r.Misread(n, "must be one name; one with a dot in it is written in double quotes", text, "")
			}
			return name.Table, ok && name.Schema == ""
		},
	}
}

// spanKind is a count of windows, a duration, or a number of ids.
func spanKind() form.Kind[period.Span] {
	return form.Kind[period.Span]{
		Schema: form.Schema{Type: []string{"string", "integer"}, MinLength: 1},
		Read: func(r *form.Reader, n *form.Node) (period.Span, bool) {
			text, ok := r.Scalar(n, "a count or a duration")
			if !ok {
				return period.Span{}, false
			}
			return readSpan(r, n, text)
		},
	}
}

// widthKind is the width of a window: a bare number is a width in ids, where in other fields it counts windows.
func widthKind() form.Kind[period.Span] {
	return form.Kind[period.Span]{
		Schema: form.Schema{Type: []string{"string", "integer"}, MinLength: 1},
		Read: func(r *form.Reader, n *form.Node) (period.Span, bool) {
			text, ok := r.Scalar(n, "a width")
			if !ok {
				return period.Span{}, false
			}
			if ids, err := strconv.ParseInt(text, 10, 64); err == nil {
				return period.Span{IDs: ids, Set: true}, true
			}
			return readSpan(r, n, text)
		},
	}
}

func readSpan(r *form.Reader, n *form.Node, text string) (period.Span, bool) {
	span, err := period.ParseSpan(text)
	if err != nil {
		r.Misread(n, "is no length", text, spanCause(err, text))
		return period.Span{}, false
	}
	return span, true
}

// spanCause is what ParseSpan found, without the text, which an error shows at its end.
func spanCause(err error, text string) string {
	cause := strings.TrimPrefix(err.Error(), "read span: ")
	return strings.TrimSuffix(cause, ", "+strconv.Quote(text))
}

func zoneKind() form.Kind[*time.Location] {
	return form.Kind[*time.Location]{
		Schema: form.Schema{Type: "string", MinLength: 1},
		Read: func(r *form.Reader, n *form.Node) (*time.Location, bool) {
			text, ok := r.Scalar(n, "the name of a time zone")
			if !ok {
				return nil, false
			}
			zone, err := period.ParseZone(text)
			if err != nil {
				r.Misread(n, "no such time zone (write for example Europe/Berlin)", text, "")
			}
			return zone, err == nil
		},
	}
}

// tableName is the name of a table with the place where it stands.
type tableName struct {
	name  catalog.Name
	place form.Place
}

// tableNamesKind is a name or a list of names, each as written in SQL.
func tableNamesKind() form.Kind[[]tableName] {
	one := form.Schema{Type: "string", MinLength: 1}
	return form.Kind[[]tableName]{
		Schema: form.Schema{AnyOf: []form.Schema{one, {Type: "array", Items: &one, MinItems: 1}}},
		Read: func(r *form.Reader, n *form.Node) ([]tableName, bool) {
			if n.Shape != form.ListShape {
				name, ok := readTableName(r, n)
				return []tableName{name}, ok
			}
			if len(n.Items) == 0 {
				r.Reject(n, "names no table")
			}
			var all []tableName
			for _, item := range n.Items {
				if name, ok := readTableName(r, item); ok {
					all = append(all, name)
				}
			}
			return all, len(all) > 0
		},
	}
}

func readTableName(r *form.Reader, n *form.Node) (tableName, bool) {
	text, ok := r.Scalar(n, "the name of a table")
	if !ok {
		return tableName{}, false
	}
	name, ok := readName(r, n, text)
	return tableName{name, n.Place}, ok
}

// readName reads a name with or without a schema.
func readName(r *form.Reader, n *form.Node, text string) (catalog.Name, bool) {
	name, err := catalog.ParseName(text)
	if err == nil {
		err = name.Valid()
	}
	if err != nil {
		cause := strings.TrimPrefix(err.Error(), "parse name "+strconv.Quote(text)+": ")
		r.Misread(n, "is not a name in SQL", text, cause)
		return catalog.Name{}, false
	}
	return name, true
}
