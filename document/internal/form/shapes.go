package form

import "time"

// The kinds of values that have values inside, and of those read later.

// ObjectKind is a map of fields.
func ObjectKind[V any](what string, fields []Field[V]) Kind[V] {
	return Kind[V]{
		Schema: ObjectSchema(fields),
		Read: func(r *Reader, n *Node) (V, bool) {
			var into V
			ok := Object(r, n, what, fields, &into)
			return into, ok
		},
	}
}

// InstantKind is an instant with its offset.
func InstantKind() Kind[time.Time] {
	return Kind[time.Time]{
		Schema: Schema{Type: "string", MinLength: 1},
		Read: func(r *Reader, n *Node) (time.Time, bool) {
			text, ok := r.Scalar(n, "an instant")
			if !ok {
				return time.Time{}, false
			}
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				r.Misread(n, "must be an instant with its offset, such as 2020-01-01T00:00:00Z", text, "")
			}
			return t, err == nil
		},
	}
}

// ListKind is a list of anything, kept as it is.
func ListKind(items Schema) Kind[*Node] {
	return ShapeKind(ListShape, Schema{Type: "array", Items: &items})
}

// ShapeKind is a value that is read later, of a certain shape.
func ShapeKind(wanted Shape, s Schema) Kind[*Node] {
	return Kind[*Node]{Schema: s, Read: func(r *Reader, n *Node) (*Node, bool) {
		if n.Shape != wanted {
			r.WrongShape(n, string(wanted))
			return nil, false
		}
		return n, true
	}}
}
