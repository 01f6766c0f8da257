package hcl

import (
	"cmp"
	"slices"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/document"
)

// value is a block as a map of its attributes and blocks, in the order in which they stand.
func value(block *schemahcl.Resource) document.Value {
	var fields []document.Field
	for _, a := range block.Attrs {
		at := place(a.Range())
		fields = append(fields, document.Field{Name: a.K, Place: at, Value: evaluated(at, a.V)})
	}
	for _, b := range block.Children {
		fields = append(fields, document.Field{Name: b.Type, Place: place(b.Range()), Value: value(b)})
	}
	slices.SortStableFunc(fields, func(a, b document.Field) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Col, b.Place.Col))
	})
	return document.Map(place(block.Range()), fields...)
}

func place(r *hcl.Range) document.Place {
	if r == nil {
		return document.Place{}
	}
	return document.Place{File: r.Filename, Line: r.Start.Line, Col: r.Start.Column}
}

// evaluated is a value of HCL, which has put its variables in already; all of it stands where its attribute does.
func evaluated(at document.Place, v cty.Value) document.Value {
	t := v.Type()
	switch {
	case v.IsNull() || !v.IsKnown():
		return document.Value{}
	case t == cty.String:
		return document.Text(at, v.AsString())
	case t == cty.Number:
		return document.Text(at, v.AsBigFloat().Text('f', -1))
	case t == cty.Bool && v.True():
		return document.Text(at, "true")
	case t == cty.Bool:
		return document.Text(at, "false")
	case t.IsObjectType() || t.IsMapType():
		var fields []document.Field
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			fields = append(fields, document.Field{Name: key.AsString(), Place: at, Value: evaluated(at, element)})
		}
		return document.Map(at, fields...)
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		var items []document.Value
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			items = append(items, evaluated(at, element))
		}
		return document.List(at, items...)
	}
	return document.Text(at, "a reference")
}
