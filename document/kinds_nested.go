package document

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// The kinds of values that have values inside.

// storageKind is a map of storage parameters, or `like_newest`, which is nil, or `like_parent`, which is empty.
func storageKind() form.Kind[map[string]string] {
	value := form.Schema{Type: []string{"string", "number", "boolean"}}
	return form.Kind[map[string]string]{
		Schema: form.Schema{AnyOf: []form.Schema{{Const: likeNewest}, {Const: likeParent}, {Type: "object", Additional: value}}},
		Read: func(r *form.Reader, n *form.Node) (map[string]string, bool) {
			if n.Shape == form.ScalarShape && n.Text == likeNewest {
				return nil, true
			}
			if n.Shape == form.ScalarShape && n.Text == likeParent {
				return map[string]string{}, true
			}
			if n.Shape != form.MapShape {
				r.WrongShape(n, "a map of storage parameters, "+likeNewest+" or "+likeParent)
				return nil, false
			}
			return readStorage(r, n)
		},
	}
}

const (
	likeNewest = string(leaf.LikeNewest)
	likeParent = string(leaf.LikeParent)
)

func readStorage(r *form.Reader, n *form.Node) (map[string]string, bool) {
	all := map[string]string{}
	for _, p := range n.Pairs {
		if _, twice := all[p.Key.Text]; twice {
			r.Fail(p.Key.Place, "given twice", p.Key.Text)
		}
		text, ok := r.Scalar(p.Value, "a single value")
		if !ok {
			return nil, false
		}
		all[p.Key.Text] = text
	}
	return all, true
}

// groupsKind is the ordered groups of a list: a name, and a value, values, or the bare word `default`.
func groupsKind() form.Kind[[]lifecycle.Group] {
	value := form.Schema{Type: []string{"string", "number", "boolean", "null"}}
	values := form.Schema{AnyOf: []form.Schema{value, {Type: "array", Items: &value, MinItems: 1}}}
	return form.Kind[[]lifecycle.Group]{
		Schema: form.Schema{Type: "object", Additional: values, MinProps: 1},
		Read: func(r *form.Reader, n *form.Node) ([]lifecycle.Group, bool) {
			if n.Shape != form.MapShape {
				r.WrongShape(n, "a map of names and their values")
				return nil, false
			}
			if len(n.Pairs) == 0 {
				r.Reject(n, "has no group")
			}
			var groups []lifecycle.Group
			for _, p := range n.Pairs {
				for _, g := range groups {
					if g.Name == p.Key.Text {
						r.Fail(p.Key.Place, "given twice", p.Key.Text)
					}
				}
				groups = append(groups, readGroup(r, p))
			}
			return groups, true
		},
	}
}

func readGroup(r *form.Reader, p form.Pair) lifecycle.Group {
	group := lifecycle.Group{Name: p.Key.Text}
	switch {
	case p.Value.Shape == form.MapShape:
		r.WrongShape(p.Value, "a value, a list of values, or default")
	case p.Value.Shape == form.ListShape && len(p.Value.Items) == 0:
		r.Reject(p.Value, "a group without a value")
	case p.Value.Shape == form.ListShape:
		for _, item := range p.Value.Items {
			group.Values = append(group.Values, readDatum(r, item)...)
		}
	case p.Value.Shape == form.ScalarShape && p.Value.Bare && p.Value.Text == "default":
		group.Default = true
	default:
		group.Values = readDatum(r, p.Value)
	}
	return group
}

func readDatum(r *form.Reader, n *form.Node) []catalog.Datum {
	if n.Shape == form.NullShape {
		return []catalog.Datum{{Null: true}}
	}
	text, ok := r.Scalar(n, "a value")
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
func encodingKind() form.Kind[string] {
	own := form.ObjectKind("encoding", []form.Field[snowflake]{
		form.FieldOf("snowflake", snowflakeKind(), func(s *snowflake) *snowflake { return s },
			"Ids that carry milliseconds since an epoch of your own.").Must(),
	})
	return form.Kind[string]{
		Schema: form.Schema{AnyOf: []form.Schema{form.TextKind().Schema, own.Schema}},
		Read: func(r *form.Reader, n *form.Node) (string, bool) {
			if n.Shape != form.MapShape {
				return form.TextKind().Read(r, n)
			}
			s, ok := own.Read(r, n)
			return fmt.Sprintf("snowflake epoch=%s shift=%d", s.epoch.UTC().Format(time.RFC3339Nano), s.shift), ok
		},
	}
}

func snowflakeKind() form.Kind[snowflake] {
	return form.ObjectKind("snowflake", []form.Field[snowflake]{
		form.FieldOf("epoch", form.InstantKind(), func(s *snowflake) *time.Time { return &s.epoch },
			"The instant that id 0 stands for.", "2020-01-01T00:00:00Z").Must(),
		form.FieldOf("shift", form.IntKind(0), func(s *snowflake) *int { return &s.shift },
			"How many bits of an id lie below its milliseconds.", 22).Must(),
	})
}

// maxLevels is how deep tables may be divided, the root's own level not counted.
const maxLevels = 5

// withinKind is a level below: the fields of a table again.
func withinKind(depth int) form.Kind[*level] {
	return form.Kind[*level]{
		Schema: form.Schema{Ref: "#/$defs/within"},
		Read: func(r *form.Reader, n *form.Node) (*level, bool) {
			if depth > maxLevels {
				r.Reject(n, fmt.Sprintf("is nested more than %d levels deep", maxLevels))
				return nil, false
			}
			return readLevel(r, n, "within", withinFields(depth))
		},
	}
}
