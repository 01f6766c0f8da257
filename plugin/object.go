package plugin

import (
	"fmt"
	"strings"
)

// field is one field of a map in a document: what the parser reads and what the JSON Schema says are both made of it,
// so they cannot tell different stories.
type field[T any] struct {
	name     string
	doc      string
	examples []any
	required bool
	schema   schema
	read     func(r *reader, n *node, into *T)
}

// kind is what the value of a field may be.
type kind[V any] struct {
	schema schema
	// read gives the value, or has complained to r and says false.
	read func(r *reader, n *node) (V, bool)
}

// fieldOf is a field whose value goes where `to` says.
func fieldOf[T, V any](name string, k kind[V], to func(*T) *V, doc string, examples ...any) field[T] {
	return field[T]{name: name, doc: doc, examples: examples, schema: k.schema,
		read: func(r *reader, n *node, into *T) {
			if value, ok := k.read(r, n); ok {
				*to(into) = value
			}
		}}
}

// must makes a field one that has to be there.
func (f field[T]) must() field[T] {
	f.required = true
	return f
}

// object reads a map of fields; `what` names the map in complaints.
func object[T any](r *reader, n *node, what string, fields []field[T], into *T) bool {
	if n.shape != mapShape {
		r.fail(n.place, what+" must be a map of fields"+n.otherwise(), n.text)
		return false
	}
	seen := map[string]bool{}
	for _, p := range n.pairs {
		name := p.key.text
		f, known := find(fields, name)
		switch {
		case seen[name]:
			r.fail(p.key.place, "given twice", name)
		case !known:
			r.fail(p.key.place, "unknown field of "+what+suggestion(name, names(fields)), name)
		case p.value.shape == nullShape:
			r.fail(p.key.place, "has no value", name)
		default:
			outer := r.field
			r.field = name
			f.read(r, p.value, into)
			r.field = outer
		}
		seen[name] = true
	}
	return required(r, n, what, fields, seen)
}

func required[T any](r *reader, n *node, what string, fields []field[T], seen map[string]bool) bool {
	complete := true
	for _, f := range fields {
		if f.required && !seen[f.name] {
			r.fail(n.place, fmt.Sprintf("%s has no `%s`", what, f.name), "")
			complete = false
		}
	}
	return complete
}

func find[T any](fields []field[T], name string) (field[T], bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field[T]{}, false
}

func names[T any](fields []field[T]) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return all
}

// suggestion is " (did you mean x?)" where one of the candidates is near to what was written, else nothing.
func suggestion(written string, candidates []string) string {
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
