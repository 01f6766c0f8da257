package plugin

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// The kinds of values that have values inside.

// objectKind is a map of fields.
func objectKind[V any](what string, fields []field[V]) kind[V] {
	return kind[V]{
		schema: objectSchema(fields),
		read: func(r *reader, n *node) (V, bool) {
			var into V
			ok := object(r, n, what, fields, &into)
			return into, ok
		},
	}
}

// storageKind is a map of storage parameters, or `like_newest`, which is nil.
func storageKind() kind[map[string]string] {
	value := schema{Type: []string{"string", "number", "boolean"}}
	return kind[map[string]string]{
		schema: schema{AnyOf: []schema{{Const: likeNewest}, {Type: "object", Additional: value}}},
		read: func(r *reader, n *node) (map[string]string, bool) {
			if n.shape == scalarShape && n.text == likeNewest {
				return nil, true
			}
			if n.shape != mapShape {
				r.wrongShape(n, "a map of storage parameters or "+likeNewest)
				return nil, false
			}
			return r.storage(n)
		},
	}
}

const likeNewest = "like_newest"

func (r *reader) storage(n *node) (map[string]string, bool) {
	all := map[string]string{}
	for _, p := range n.pairs {
		if _, twice := all[p.key.text]; twice {
			r.fail(p.key.place, "given twice", p.key.text)
		}
		text, ok := r.scalar(p.value, "a single value")
		if !ok {
			return nil, false
		}
		all[p.key.text] = text
	}
	return all, true
}

// groupsKind is the ordered groups of a list: a name, and a value, values, or the bare word `default`.
func groupsKind() kind[[]lifecycle.Group] {
	value := schema{Type: []string{"string", "number", "boolean", "null"}}
	values := schema{AnyOf: []schema{value, {Type: "array", Items: &value, MinItems: 1}}}
	return kind[[]lifecycle.Group]{
		schema: schema{Type: "object", Additional: values, MinProps: 1},
		read: func(r *reader, n *node) ([]lifecycle.Group, bool) {
			if n.shape != mapShape {
				r.wrongShape(n, "a map of names and their values")
				return nil, false
			}
			if len(n.pairs) == 0 {
				r.reject(n, "has no group")
			}
			var groups []lifecycle.Group
			for _, p := range n.pairs {
				for _, g := range groups {
					if g.Name == p.key.text {
						r.fail(p.key.place, "given twice", p.key.text)
					}
				}
				groups = append(groups, r.group(p))
			}
			return groups, true
		},
	}
}

func (r *reader) group(p pair) lifecycle.Group {
	group := lifecycle.Group{Name: p.key.text}
	switch {
	case p.value.shape == mapShape:
		r.wrongShape(p.value, "a value, a list of values, or default")
	case p.value.shape == listShape && len(p.value.items) == 0:
		r.reject(p.value, "a group without a value")
	case p.value.shape == listShape:
		for _, item := range p.value.items {
			group.Values = append(group.Values, r.datum(item)...)
		}
	case p.value.shape == scalarShape && p.value.bare && p.value.text == "default":
		group.Default = true
	default:
		group.Values = r.datum(p.value)
	}
	return group
}

func (r *reader) datum(n *node) []catalog.Datum {
	if n.shape == nullShape {
		return []catalog.Datum{{Null: true}}
	}
	text, ok := r.scalar(n, "a value")
	if !ok {
		return nil
	}
	return []catalog.Datum{{Text: text}}
}

// snowflake is a layout of ids of one's own: milliseconds since epoch, shifted to the left.
type snowflake struct {
	epoch time.Time
	shift int
}

// encodingKind is the name of an encoding, or the numbers of a snowflake of one's own, which become one text:
// snowflake epoch=2020-01-01T00:00:00Z shift=22.
func encodingKind() kind[string] {
	own := objectKind("encoding", []field[snowflake]{
		fieldOf("snowflake", snowflakeKind(), func(s *snowflake) *snowflake { return s },
			"Ids that carry milliseconds since an epoch of your own.").must(),
	})
	return kind[string]{
		schema: schema{AnyOf: []schema{textKind().schema, own.schema}},
		read: func(r *reader, n *node) (string, bool) {
			if n.shape != mapShape {
				return textKind().read(r, n)
			}
			s, ok := own.read(r, n)
			return fmt.Sprintf("snowflake epoch=%s shift=%d", s.epoch.UTC().Format(time.RFC3339Nano), s.shift), ok
		},
	}
}

func snowflakeKind() kind[snowflake] {
	return objectKind("snowflake", []field[snowflake]{
		fieldOf("epoch", instantKind(), func(s *snowflake) *time.Time { return &s.epoch },
			"The instant that id 0 stands for.", "2020-01-01T00:00:00Z").must(),
		fieldOf("shift", intKind(0), func(s *snowflake) *int { return &s.shift },
			"How many bits of an id lie below its milliseconds.", 22).must(),
	})
}

func instantKind() kind[time.Time] {
	return kind[time.Time]{
		schema: schema{Type: "string", MinLength: 1},
		read: func(r *reader, n *node) (time.Time, bool) {
			text, ok := r.scalar(n, "an instant")
			if !ok {
				return time.Time{}, false
			}
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				r.misread(n, "must be an instant with its offset, such as 2020-01-01T00:00:00Z", text, "")
			}
			return t, err == nil
		},
	}
}

// maxLevels is how deep tables may be divided, the root's own level not counted.
const maxLevels = 5

// withinKind is a level below: the fields of a table again.
func withinKind(depth int) kind[*level] {
	return kind[*level]{
		schema: schema{Ref: "#/$defs/within"},
		read: func(r *reader, n *node) (*level, bool) {
			if depth > maxLevels {
				r.reject(n, fmt.Sprintf("is nested more than %d levels deep", maxLevels))
				return nil, false
			}
			return r.level(n, "within", withinFields(depth))
		},
	}
}

// listKind is a list of anything, kept as it is.
func listKind(items schema) kind[*node] {
	return shapeKind(listShape, schema{Type: "array", Items: &items})
}

// shapeKind is a value that is read later, of a certain shape.
func shapeKind(wanted shape, s schema) kind[*node] {
	return kind[*node]{schema: s, read: func(r *reader, n *node) (*node, bool) {
		if n.shape != wanted {
			r.wrongShape(n, string(wanted))
			return nil, false
		}
		return n, true
	}}
}
