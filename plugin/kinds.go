package plugin

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// The kinds of single values. A number may be written as text too, because text may hold a variable.

func textKind() kind[string] {
	return kind[string]{
		schema: schema{Type: "string", MinLength: 1},
		read: func(r *reader, n *node) (string, bool) {
			text, ok := r.scalar(n, "text")
			if ok && text == "" {
				r.misread(n, "is empty", text, "")
				return "", false
			}
			return text, ok
		},
	}
}

// identifierKind is a name as SQL writes it: without quotes it folds to lower case.
func identifierKind() kind[string] {
	return kind[string]{
		schema: schema{Type: "string", MinLength: 1},
		read: func(r *reader, n *node) (string, bool) {
			text, ok := r.scalar(n, "a name")
			if !ok {
				return "", false
			}
			name, ok := r.name(n, text)
			if ok && name.Schema != "" {
				r.misread(n, "must be one name; one with a dot in it is written in double quotes", text, "")
			}
			return name.Table, ok && name.Schema == ""
		},
	}
}

// secretKind is a text that is neither looked at nor shown here: it is expanded when it is needed.
func secretKind() kind[*node] {
	return kind[*node]{
		schema: schema{Type: "string"},
		read: func(r *reader, n *node) (*node, bool) {
			if n.shape != scalarShape {
				r.wrongShape(n, "text")
				return nil, false
			}
			return n, true
		},
	}
}

// intKind is a whole number from least on.
func intKind(least int) kind[int] {
	return kind[int]{
		schema: schema{Type: []string{"integer", "string"}, Minimum: &least},
		read: func(r *reader, n *node) (int, bool) {
			number, ok := r.integer(n)
			if ok && (number < int64(least) || number > math.MaxInt32) {
				r.reject(n, fmt.Sprintf("must be a whole number from %d to %d", least, math.MaxInt32))
				return 0, false
			}
			return int(number), ok
		},
	}
}

func idKind() kind[int64] {
	return kind[int64]{
		schema: schema{Type: []string{"integer", "string"}},
		read:   (*reader).integer,
	}
}

func (r *reader) integer(n *node) (int64, bool) {
	text, ok := r.scalar(n, "a whole number")
	if !ok {
		return 0, false
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.misread(n, "must be a whole number, in decimal digits", text, "")
		return 0, false
	}
	return number, true
}

// spanKind is a count of windows, a duration, or a number of ids.
func spanKind() kind[period.Span] {
	return kind[period.Span]{
		schema: schema{Type: []string{"string", "integer"}, MinLength: 1},
		read: func(r *reader, n *node) (period.Span, bool) {
			text, ok := r.scalar(n, "a count or a duration")
			if !ok {
				return period.Span{}, false
			}
			return r.span(n, text)
		},
	}
}

// widthKind is the width of a window: a bare number is a width in ids, where in other fields it counts windows.
func widthKind() kind[period.Span] {
	return kind[period.Span]{
		schema: schema{Type: []string{"string", "integer"}, MinLength: 1},
		read: func(r *reader, n *node) (period.Span, bool) {
			text, ok := r.scalar(n, "a width")
			if !ok {
				return period.Span{}, false
			}
			if ids, err := strconv.ParseInt(text, 10, 64); err == nil {
				return period.Span{IDs: ids, Set: true}, true
			}
			return r.span(n, text)
		},
	}
}

func (r *reader) span(n *node, text string) (period.Span, bool) {
	span, err := period.ParseSpan(text)
	if err != nil {
		r.misread(n, "is no length", text, spanCause(err, text))
		return period.Span{}, false
	}
	return span, true
}

// spanCause is what ParseSpan found, without the text, which an error shows at its end.
func spanCause(err error, text string) string {
	cause := strings.TrimPrefix(err.Error(), "read span: ")
	return strings.TrimSuffix(cause, ", "+strconv.Quote(text))
}

func zoneKind() kind[*time.Location] {
	return kind[*time.Location]{
		schema: schema{Type: "string", MinLength: 1},
		read: func(r *reader, n *node) (*time.Location, bool) {
			text, ok := r.scalar(n, "the name of a time zone")
			if !ok {
				return nil, false
			}
			zone, err := period.ParseZone(text)
			if err != nil {
				r.misread(n, "no such time zone (write for example Europe/Berlin)", text, "")
			}
			return zone, err == nil
		},
	}
}

// wordsKind is one of a few words, each with its meaning; bools are words too.
func wordsKind[V any](words ...word[V]) kind[V] {
	var texts []string
	s := schema{}
	for _, w := range words {
		texts = append(texts, w.text)
		s.Enum = append(s.Enum, w.literal())
	}
	s.AnyOf, s.Enum = []schema{{Enum: s.Enum}, {Type: "string", Pattern: variablePattern}}, nil
	wanted := strings.Join(texts, " or ")
	return kind[V]{schema: s, read: func(r *reader, n *node) (V, bool) {
		var none V
		text, ok := r.scalar(n, wanted)
		if !ok {
			return none, false
		}
		for _, w := range words {
			if w.text == text {
				return w.means, true
			}
		}
		r.misread(n, "must be "+wanted+suggestion(n.text, texts), text, "")
		return none, false
	}}
}

// variablePattern is how a schema knows a text whose value only the run will know.
const variablePattern = `\$\{.+\}`

type word[V any] struct {
	text  string
	means V
}

// literal is the word as JSON has it.
func (w word[V]) literal() any {
	switch w.text {
	case "true":
		return true
	case "false":
		return false
	}
	return w.text
}

// switchKind takes on and off, and true and false because YAML 1.1 tools write them instead.
func switchKind() kind[bool] {
	return wordsKind(word[bool]{"on", true}, word[bool]{"off", false}, word[bool]{"true", true}, word[bool]{"false", false})
}

// tableName is the name of a table with the place where it stands.
type tableName struct {
	name  catalog.Name
	place Place
}

// tableNamesKind is a name or a list of names, each as written in SQL.
func tableNamesKind() kind[[]tableName] {
	one := schema{Type: "string", MinLength: 1}
	return kind[[]tableName]{
		schema: schema{AnyOf: []schema{one, {Type: "array", Items: &one, MinItems: 1}}},
		read: func(r *reader, n *node) ([]tableName, bool) {
			if n.shape != listShape {
				name, ok := r.tableName(n)
				return []tableName{name}, ok
			}
			if len(n.items) == 0 {
				r.reject(n, "names no table")
			}
			var all []tableName
			for _, item := range n.items {
				if name, ok := r.tableName(item); ok {
					all = append(all, name)
				}
			}
			return all, len(all) > 0
		},
	}
}

func (r *reader) tableName(n *node) (tableName, bool) {
	text, ok := r.scalar(n, "the name of a table")
	if !ok {
		return tableName{}, false
	}
	name, ok := r.name(n, text)
	return tableName{name, n.place}, ok
}

// name reads a name with or without a schema.
func (r *reader) name(n *node, text string) (catalog.Name, bool) {
	name, err := catalog.ParseName(text)
	if err == nil {
		err = name.Valid()
	}
	if err != nil {
		cause := strings.TrimPrefix(err.Error(), "parse name "+strconv.Quote(text)+": ")
		r.misread(n, "is not a name in SQL", text, cause)
		return catalog.Name{}, false
	}
	return name, true
}
