package atlasext

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// guard asks every guard, and takes the difference between: some changes Atlas cannot even compare.
func (r *run) guard(ctx context.Context, v *view) (err error) {
	if v.families, err = inspect.ReadFamilies(ctx, r.conn); err != nil {
		return err
	}
	r.guardDeclared(v)
	r.respell(ctx, v)
	r.guardKeys(v)
	r.guardUnique(v)
	if v.changes, err = r.difference(v); err != nil {
		return err
	}
	r.guardDrops(v)
	v.changes = append(v.changes, v.remade...)
	return nil
}

// refuse notes a guard, unless it is lifted.
func (r *run) refuse(v *view, g Guard, name catalog.Name, format string, args ...any) {
	if !slices.Contains(r.Allow, Allowed{g, name}) {
		v.guards = append(v.guards, &GuardError{Guard: g, Table: name, Message: fmt.Sprintf(format, args...)})
	}
}

// guardDeclared takes declarations out that name a partition, or a detached one.
func (r *run) guardDeclared(v *view) {
	for _, ns := range v.desired.Schemas {
		ns.Tables = slices.DeleteFunc(ns.Tables, func(t *schema.Table) bool {
			name := nameOf(t)
			if m, ok := v.families.Named(name); ok && m.Parent != 0 {
				r.refuse(v, DeclaredPartition, name, "table %s is declared and is a partition of %s", name, m.Root)
				return true
			}
			parent, ok := v.families.Detached[name]
			if ok {
				r.refuse(v, DeclaredPartition, name, "table %s is declared and was detached from %s, whose lifecycle will drop it", name, parent)
			}
			return ok
		})
	}
}

// guardKeys takes tables out whose partition key changes; lifted, they are dropped and made anew.
func (r *run) guardKeys(v *view) {
	for _, ns := range v.desired.Schemas {
		ns.Tables = slices.DeleteFunc(ns.Tables, func(t *schema.Table) bool {
			current := tableIn(v.current, nameOf(t))
			if current == nil {
				return false
			}
			how := rekeyed(current, t)
			if how == "" {
				return false
			}
			partitions := v.families.Of(nameOf(t))
			if r.skips(&schema.DropTable{}) || r.skips(&schema.AddTable{}) {
				v.guards = append(v.guards, &GuardError{Guard: Recreate, Table: nameOf(t), Skipped: true,
					Message: fmt.Sprintf("%s of table %s, which PostgreSQL cannot do, and no table is to be dropped or made", how, nameOf(t))})
				return true
			}
			r.refuse(v, Recreate, nameOf(t), "%s of table %s, which PostgreSQL cannot do; its %s would be dropped", how, nameOf(t), amount(partitions))
			v.forget(current)
			v.dropped = append(v.dropped, &schema.DropTable{T: current})
			v.remade = append(v.remade, &schema.AddTable{T: t})
			return true
		})
	}
}

// skips reports whether changes of this kind are left out.
func (r *run) skips(kind schema.Change) bool {
	return slices.ContainsFunc(r.Skip, func(c schema.Change) bool { return reflect.TypeOf(c) == reflect.TypeOf(kind) })
}

// forget takes a table out of the current state.
func (v *view) forget(t *schema.Table) {
	for _, ns := range v.current.Schemas {
		ns.Tables = slices.DeleteFunc(ns.Tables, func(o *schema.Table) bool { return o == t })
	}
}

// rekeyed says how the key changes, empty where it does not.
func rekeyed(from, to *schema.Table) string {
	before, after := keyText(from), keyText(to)
	if before != after {
		return fmt.Sprintf("the partition key changes from %s to %s", orNone(before), orNone(after))
	}
	key := keyOf(to)
	if key == nil {
		return ""
	}
	for _, part := range key.Parts {
		if part.C == nil {
			continue
		}
		old, ok := from.Column(part.C.Name)
		if ok && column(old).Type != column(part.C).Type {
			return fmt.Sprintf("the type of key column %s changes from %s to %s", catalog.QuoteIdent(old.Name), column(old).Type, column(part.C).Type)
		}
	}
	return ""
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// keyText is a partition key as SQL writes it.
func keyText(t *schema.Table) string {
	key := keyOf(t)
	if key == nil {
		return ""
	}
	var parts []string
	for _, p := range key.Parts {
		switch x := p.X.(type) {
		case nil:
			parts = append(parts, catalog.QuoteIdent(p.C.Name))
		case *schema.RawExpr:
			parts = append(parts, strings.TrimSuffix(strings.TrimPrefix(x.X, "("), ")"))
		}
	}
	return strings.ToUpper(key.T) + " (" + strings.Join(parts, ", ") + ")"
}

// guardUnique takes out what PostgreSQL refuses on a partitioned table: uniqueness that does not include its key.
func (r *run) guardUnique(v *view) {
	for _, ns := range v.desired.Schemas {
		for i, t := range ns.Tables {
			key := keyOf(t)
			if key == nil {
				continue
			}
			own := *t
			own.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(x *schema.Index) bool {
				return x.Unique && r.lacksKey(v, t, key, x, "unique index "+catalog.QuoteIdent(x.Name))
			})
			if t.PrimaryKey != nil && r.lacksKey(v, t, key, t.PrimaryKey, "the primary key") {
				own.PrimaryKey = nil
				if current := tableIn(v.current, nameOf(t)); current != nil {
					own.PrimaryKey = current.PrimaryKey
				}
			}
			ns.Tables[i] = &own
		}
	}
}

func (r *run) lacksKey(v *view, t *schema.Table, key *postgres.Partition, x *schema.Index, what string) bool {
	for _, part := range key.Parts {
		missing := ""
		switch {
		case part.C == nil:
			missing = "that is an expression"
		case !slices.ContainsFunc(x.Parts, func(p *schema.IndexPart) bool { return p.C != nil && p.C.Name == part.C.Name }):
			missing = "column " + catalog.QuoteIdent(part.C.Name)
		}
		if missing != "" {
			r.refuse(v, UniqueWithoutKey, nameOf(t), "%s of partitioned table %s lacks the partition key, %s, and PostgreSQL refuses it", what, nameOf(t), missing)
			return true
		}
	}
	return false
}
