package atlasext

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// spelling is an expression as a table has it and as it is desired, and what lets the desired table have the first.
type spelling struct {
	is, wanted string
	take       func()
}

// respell lets desired tables have the expressions of the existing ones where they differ in spelling alone: what a person writes as
// b * (a % 2) PostgreSQL prints as (b * (a % 2)). Otherwise keys, checks and indexes would be made anew by every run. Defaults Atlas
// compares by itself.
func (r *run) respell(ctx context.Context, v *view) {
	for _, ns := range v.desired.Schemas {
		for i, t := range ns.Tables {
			current := tableIn(v.current, nameOf(t))
			if current == nil {
				continue
			}
			own := *t
			own.Attrs, own.Columns, own.Indexes = slices.Clone(t.Attrs), slices.Clone(t.Columns), slices.Clone(t.Indexes)
			ns.Tables[i] = &own
			for _, s := range slices.Concat(keySpelling(current, &own), checkSpellings(current, &own), columnSpellings(current, &own), indexSpellings(current, &own)) {
				if s.is != s.wanted && r.understoodAlike(ctx, current, s) {
					s.take()
				}
			}
		}
	}
}

// understoodAlike reports whether PostgreSQL understands both as one. It has them explained, which takes ACCESS SHARE on the table and
// runs nothing. What it does not understand is something else.
func (r *run) understoodAlike(ctx context.Context, t *schema.Table, s spelling) bool {
	query := fmt.Sprintf("EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT (%s\n), (%s\n) FROM ONLY %s WHERE false", s.is, s.wanted, nameOf(t))
	var text []byte
	if r.conn.QueryRowContext(ctx, query).Scan(&text) != nil {
		return false
	}
	var plans []struct{ Plan struct{ Output []string } }
	if json.Unmarshal(text, &plans) != nil || len(plans) != 1 {
		return false
	}
	printed := plans[0].Plan.Output
	return len(printed) == 2 && printed[0] == printed[1]
}

// keySpelling is that of a partition key of the same kind, over the same columns where it has columns.
func keySpelling(from, to *schema.Table) []spelling {
	is, wanted := keyOf(from), keyOf(to)
	if is == nil || wanted == nil || is.T != wanted.T || len(is.Parts) != len(wanted.Parts) {
		return nil
	}
	var before, after []string
	for i, part := range is.Parts {
		x, ok := part.X.(*schema.RawExpr)
		y, ok2 := wanted.Parts[i].X.(*schema.RawExpr)
		if ok != ok2 || !ok && part.C.Name != wanted.Parts[i].C.Name {
			return nil
		}
		if ok {
			before, after = append(before, x.X), append(after, y.X)
		}
	}
	if len(before) == 0 {
		return nil
	}
	row := func(parts []string) string { return "ROW(" + strings.Join(parts, "\n, ") + "\n)" }
	return []spelling{{row(before), row(after), func() {
		to.Attrs = slices.DeleteFunc(to.Attrs, func(a schema.Attr) bool { _, ok := a.(*postgres.Partition); return ok })
		to.Attrs = append(to.Attrs, is)
	}}}
}

func checkSpellings(from, to *schema.Table) (all []spelling) {
	for _, a := range from.Attrs {
		is, ok := a.(*schema.Check)
		if !ok {
			continue
		}
		for i, b := range to.Attrs {
			if wanted, ok := b.(*schema.Check); ok && wanted.Name == is.Name && is.Name != "" {
				own := *wanted
				own.Expr = is.Expr
				all = append(all, spelling{is.Expr, wanted.Expr, func() { to.Attrs[i] = &own }})
			}
		}
	}
	return all
}

// columnSpellings are those of generated columns.
func columnSpellings(from, to *schema.Table) (all []spelling) {
	for i, column := range to.Columns {
		current, ok := from.Column(column.Name)
		if !ok {
			continue
		}
		own := *column
		own.Attrs = slices.Clone(column.Attrs)
		for n, a := range own.Attrs {
			wanted, ok := a.(*schema.GeneratedExpr)
			is := generated(current)
			if ok && is != nil {
				all = append(all, spelling{is.Expr, wanted.Expr, func() { own.Attrs[n], to.Columns[i] = is, &own }})
			}
		}
	}
	return all
}

func generated(c *schema.Column) *schema.GeneratedExpr {
	for _, a := range c.Attrs {
		if g, ok := a.(*schema.GeneratedExpr); ok {
			return g
		}
	}
	return nil
}

// indexSpellings are those of what is indexed, and of the predicates of partial indexes.
func indexSpellings(from, to *schema.Table) (all []spelling) {
	for i, index := range to.Indexes {
		current, ok := from.Index(index.Name)
		if !ok || len(current.Parts) != len(index.Parts) {
			continue
		}
		own := *index
		own.Attrs, own.Parts = slices.Clone(index.Attrs), slices.Clone(index.Parts)
		use := func() { to.Indexes[i] = &own }
		for n, part := range index.Parts {
			is, ok := current.Parts[n].X.(*schema.RawExpr)
			wanted, ok2 := part.X.(*schema.RawExpr)
			if ok && ok2 {
				other := *part
				other.X = is
				all = append(all, spelling{is.X, wanted.X, func() { own.Parts[n] = &other; use() }})
			}
		}
		for n, a := range index.Attrs {
			wanted, ok := a.(*postgres.IndexPredicate)
			is := predicate(current)
			if ok && is != nil {
				all = append(all, spelling{is.P, wanted.P, func() { own.Attrs[n] = is; use() }})
			}
		}
	}
	return all
}

func predicate(index *schema.Index) *postgres.IndexPredicate {
	for _, a := range index.Attrs {
		if p, ok := a.(*postgres.IndexPredicate); ok {
			return p
		}
	}
	return nil
}
