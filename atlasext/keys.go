package atlasext

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// respellKeys lets desired keys be those of the existing tables where they differ in spelling alone: what a person writes as
// b * (a % 2) PostgreSQL prints as ((b * (a % 2))).
func (r *run) respellKeys(ctx context.Context, v *view) {
	for _, ns := range v.desired.Schemas {
		for i, t := range ns.Tables {
			current := tableIn(v.current, nameOf(t))
			if current == nil || !r.sameKey(ctx, current, keyOf(current), keyOf(t)) {
				continue
			}
			own := *t
			own.Attrs = slices.DeleteFunc(slices.Clone(t.Attrs), func(a schema.Attr) bool { _, ok := a.(*postgres.Partition); return ok })
			own.Attrs = append(own.Attrs, keyOf(current))
			ns.Tables[i] = &own
		}
	}
}

// sameKey reports whether two keys of a table say the same in other words.
func (r *run) sameKey(ctx context.Context, t *schema.Table, is, wanted *postgres.Partition) bool {
	if is == nil || wanted == nil || is.T != wanted.T || len(is.Parts) != len(wanted.Parts) {
		return false
	}
	var texts []string
	for i, part := range is.Parts {
		before, ok := part.X.(*schema.RawExpr)
		after, ok2 := wanted.Parts[i].X.(*schema.RawExpr)
		if ok != ok2 || !ok && part.C.Name != wanted.Parts[i].C.Name {
			return false
		}
		if ok {
			texts = append(texts, before.X, after.X)
		}
	}
	return len(texts) > 0 && r.alikeExpressions(ctx, t, texts)
}

// alikeExpressions reports whether PostgreSQL understands each pair of expressions over a table's columns as one. It has them explained, which
// takes ACCESS SHARE on the table and runs nothing. What it does not understand is something else.
func (r *run) alikeExpressions(ctx context.Context, t *schema.Table, pairs []string) bool {
	query := "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT"
	for i, text := range pairs {
		if i > 0 {
			query += ","
		}
		query += " (" + text + "\n)"
	}
	query += fmt.Sprintf(" FROM ONLY %s WHERE false", catalog.Name{Schema: t.Schema.Name, Table: t.Name})
	var text []byte
	if r.conn.QueryRowContext(ctx, query).Scan(&text) != nil {
		return false
	}
	var plans []struct{ Plan struct{ Output []string } }
	if json.Unmarshal(text, &plans) != nil || len(plans) != 1 || len(plans[0].Plan.Output) != len(pairs) {
		return false
	}
	for i := 0; i < len(pairs); i += 2 {
		if plans[0].Plan.Output[i] != plans[0].Plan.Output[i+1] {
			return false
		}
	}
	return true
}
