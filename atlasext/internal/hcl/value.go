package hcl

import (
	"cmp"
	"slices"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/plugin"
)

// value is a block as a map of its attributes and blocks, in the order in which they stand.
func value(block *schemahcl.Resource) *plugin.Value {
	v := &plugin.Value{Place: place(block.Range()), Shape: plugin.Map}
	for _, a := range block.Attrs {
		at := place(a.Range())
		v.Pairs = append(v.Pairs, plugin.Pair{Key: text(at, a.K), Value: evaluated(at, a.V)})
	}
	for _, b := range block.Children {
		v.Pairs = append(v.Pairs, plugin.Pair{Key: text(place(b.Range()), b.Type), Value: value(b)})
	}
	slices.SortStableFunc(v.Pairs, func(a, b plugin.Pair) int {
		p, q := a.Key.Place, b.Key.Place
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
	})
	return v
}

func place(r *hcl.Range) plugin.Place {
	if r == nil {
		return plugin.Place{}
	}
	return plugin.Place{File: r.Filename, Line: r.Start.Line, Col: r.Start.Column}
}

// text is a single value. HCL has put its variables in already.
func text(at plugin.Place, s string) *plugin.Value {
	return &plugin.Value{Place: at, Shape: plugin.Scalar, Text: s, Bare: true}
}

// evaluated is a value of HCL; all of it stands where its attribute does.
func evaluated(at plugin.Place, v cty.Value) *plugin.Value {
	t := v.Type()
	switch {
	case v.IsNull() || !v.IsKnown():
		return &plugin.Value{Place: at, Shape: plugin.Null}
	case t == cty.String:
		return text(at, v.AsString())
	case t == cty.Number:
		return text(at, v.AsBigFloat().Text('f', -1))
	case t == cty.Bool && v.True():
		return text(at, "true")
	case t == cty.Bool:
		return text(at, "false")
	case t.IsObjectType() || t.IsMapType():
		m := &plugin.Value{Place: at, Shape: plugin.Map}
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			m.Pairs = append(m.Pairs, plugin.Pair{Key: text(at, key.AsString()), Value: evaluated(at, element)})
		}
		return m
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		l := &plugin.Value{Place: at, Shape: plugin.List}
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			l.Items = append(l.Items, evaluated(at, element))
		}
		return l
	}
	return text(at, "a reference")
}
