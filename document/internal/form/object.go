package form

import (
	"fmt"
	"strings"
)

// Field is one field of a map in a document: what the parser reads and what the JSON Schema says are both made of it,
// so they cannot tell different stories.
type Field[T any] struct {
	Name     string
	doc      string
	examples []any
	required bool
	Schema   Schema
	Read     func(r *Reader, n *Node, into *T)
}

// Kind is what the value of a field may be.
type Kind[V any] struct {
	Schema Schema
	// Read gives the value, or has complained to r and says false.
	Read func(r *Reader, n *Node) (V, bool)
}

// FieldOf is a field whose value goes where `to` says.
func FieldOf[T, V any](name string, k Kind[V], to func(*T) *V, doc string, examples ...any) Field[T] {
	return Field[T]{Name: name, doc: doc, examples: examples, Schema: k.Schema,
		Read: func(r *Reader, n *Node, into *T) {
			if value, ok := k.Read(r, n); ok {
				*to(into) = value
			}
		}}
}

// Must makes a field one that has to be there.
func (f Field[T]) Must() Field[T] {
	f.required = true
	return f
}

// Object reads a map of fields; `what` names the map in complaints.
func Object[T any](r *Reader, n *Node, what string, fields []Field[T], into *T) bool {
	if n.Shape != MapShape {
		r.Fail(n.Place, what+" must be a map of fields"+n.otherwise(), n.Text)
		return false
	}
	seen := map[string]bool{}
	for _, p := range n.Pairs {
		name := p.Key.Text
		f, known := Find(fields, name)
		switch {
		case seen[name]:
			r.Fail(p.Key.Place, "given twice", name)
		case !known:
			r.Fail(p.Key.Place, "unknown field of "+what+Suggestion(name, names(fields)), name)
		case p.Value.Shape == NullShape:
			r.Fail(p.Key.Place, "has no value", name)
		default:
			outer := r.field
			r.field = name
			f.Read(r, p.Value, into)
			r.field = outer
		}
		seen[name] = true
	}
	return required(r, n, what, fields, seen)
}

func required[T any](r *Reader, n *Node, what string, fields []Field[T], seen map[string]bool) bool {
	complete := true
	for _, f := range fields {
		if f.required && !seen[f.Name] {
			r.Fail(n.Place, fmt.Sprintf("%s has no `%s`", what, f.Name), "")
			complete = false
		}
	}
	return complete
}

func Find[T any](fields []Field[T], name string) (Field[T], bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field[T]{}, false
}

func names[T any](fields []Field[T]) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// Suggestion is " (did you mean x?)" where one of the candidates is near to what was written, else nothing.
func Suggestion(written string, candidates []string) string {
	plain := strings.ReplaceAll(strings.ToLower(written), "-", "_")
	if len(plain) > longestText {
		return ""
	}
	best, least := "", len(plain)/3+1
	for _, candidate := range candidates {
		if d := distance(plain, candidate); d <= least && len(candidate) > 3 && (best == "" || d < least) {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance counts the letters to change, add, leave out or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
