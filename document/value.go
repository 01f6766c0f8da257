package document

import "github.com/partsmith/partsmith-migrate/document/internal/form"

// Value is a value of a document in another format than YAML: what Text, List and Map make. The zero Value is nothing at all, as
// null is.
type Value struct{ node *form.Node }

// Field is a value of a map with its name, and where the name stands.
type Field struct {
	Name  string
	Place Place
	Value Value
}

// Text is a single value: a text, a number in decimal digits, true or false. It is taken as it is.
func Text(at Place, text string) Value {
	return Value{&form.Node{Place: form.Place(at), Shape: form.ScalarShape, Text: text, Bare: true}}
}

// List is a list of values.
func List(at Place, items ...Value) Value {
	list := &form.Node{Place: form.Place(at), Shape: form.ListShape}
	for _, item := range items {
		list.Items = append(list.Items, item.at(at))
	}
	return Value{list}
}

// Map is a map of values, in the order in which they stand.
func Map(at Place, fields ...Field) Value {
	object := &form.Node{Place: form.Place(at), Shape: form.MapShape}
	for _, f := range fields {
		object.Pairs = append(object.Pairs, form.Pair{Key: Text(f.Place, f.Name).node, Value: f.Value.at(f.Place)})
	}
	return Value{object}
}

// at is the value as what YAML becomes; nothing stands where it is missed.
func (v Value) at(place Place) *form.Node {
	if v.node != nil {
		return v.node
	}
	return &form.Node{Place: form.Place(place), Shape: form.NullShape, Text: "null"}
}
