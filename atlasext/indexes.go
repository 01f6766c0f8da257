package atlasext

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// PostgreSQL builds no index of a partitioned table CONCURRENTLY (14 to 18). It is built in parts: an index of the parent
// alone, which is not valid, one of each partition CONCURRENTLY, and each is attached; with the last the parent's becomes valid.

// separate takes the indexes of existing tables out of the difference that shall be built or dropped CONCURRENTLY.
func (r *run) separate(ctx context.Context, v *view) (rest []schema.Change, indexes []Change, err error) {
	for _, c := range v.changes {
		modify, ok := c.(*schema.ModifyTable)
		if !ok || !r.Concurrently {
			rest = append(rest, c)
			continue
		}
		kept := &schema.ModifyTable{T: modify.T}
		for _, inner := range modify.Changes {
			own, err := v.concurrently(ctx, modify.T, inner)
			if err != nil {
				return nil, nil, err
			}
			if own == nil {
				kept.Changes = append(kept.Changes, inner)
			}
			indexes = append(indexes, own...)
		}
		if len(kept.Changes) > 0 {
			rest = append(rest, kept)
		}
	}
	return rest, indexes, nil
}

// concurrently gives the statements for a change of one index, none where the change is not of that kind. A partitioned index
// cannot be dropped CONCURRENTLY at all.
func (v *view) concurrently(ctx context.Context, t *schema.Table, c schema.Change) ([]Change, error) {
	switch c := c.(type) {
	case *schema.AddIndex:
		if isConstraint(c.I) {
			return nil, nil
		}
		if m, ok := v.families.Named(nameOf(t)); ok {
			return v.spread(ctx, t, m, c.I, 0)
		}
		return v.build(ctx, t, nameOf(t), c.I, c.I.Name)
	case *schema.DropIndex:
		if isConstraint(c.I) || keyOf(t) != nil {
			return nil, nil
		}
		name := catalog.Name{Schema: nameOf(t).Schema, Table: c.I.Name}
		return []Change{{SQL: "DROP INDEX CONCURRENTLY " + quoted(name), Comment: "drop index " + name.String(), Outside: true, Source: c,
			drops: &index{table: nameOf(t), name: c.I.Name}}}, nil
	}
	return nil, nil
}

func isConstraint(x *schema.Index) bool {
	for _, a := range x.Attrs {
		if _, ok := a.(*postgres.Constraint); ok {
			return true
		}
	}
	return false
}

// spread builds an index of a partitioned table in parts. The OID is that of the parent's index, 0: it is not there yet.
func (v *view) spread(ctx context.Context, t *schema.Table, m inspect.Member, x *schema.Index, oid int64) ([]Change, error) {
	var all []Change
	if oid == 0 {
		only, err := v.only(ctx, t, m.Name, x, x.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, only...)
	}
	below, err := v.spreadBelow(ctx, t, m, x, x.Name, oid)
	return append(all, below...), err
}

func (v *view) spreadBelow(ctx context.Context, t *schema.Table, m inspect.Member, x *schema.Index, name string, oid int64) ([]Change, error) {
	var all []Change
	for _, p := range v.families.Below(m.OID) {
		if p.Kind == "f" || attachedTo(p, oid) {
			continue
		}
		own := indexName(p.Name.Table, x.Name)
		part, err := v.part(ctx, t, p, x, own)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		all = append(all, Change{Outside: true, Comment: "attach index to that of " + m.Name.String(),
			SQL: "ALTER INDEX " + quoted(catalog.Name{Schema: m.Name.Schema, Table: name}) + " ATTACH PARTITION " + quoted(catalog.Name{Schema: p.Name.Schema, Table: own})})
	}
	return all, nil
}

// part builds the index of one partition, after removing what an interrupted run left of it.
func (v *view) part(ctx context.Context, t *schema.Table, p inspect.Member, x *schema.Index, own string) ([]Change, error) {
	left := left(p, own)
	if p.Kind == "p" {
		var all []Change
		if left == nil {
			only, err := v.only(ctx, t, p.Name, x, own)
			if err != nil {
				return nil, err
			}
			for i := range only {
				only[i].Outside = true
			}
			all = only
			below, err := v.spreadBelow(ctx, t, p, x, own, 0)
			return append(all, below...), err
		}
		return v.spreadBelow(ctx, t, p, x, own, left.OID)
	}
	if left != nil && left.Valid {
		return nil, nil
	}
	built, err := v.build(ctx, t, p.Name, x, own)
	if err != nil || left == nil {
		return built, err
	}
	name := catalog.Name{Schema: p.Name.Schema, Table: own}
	return append([]Change{{SQL: "DROP INDEX CONCURRENTLY " + quoted(name), Comment: "drop index that was not finished", Outside: true,
		clears: &index{table: p.Name, name: own}}}, built...), nil
}

func attachedTo(p inspect.Member, oid int64) bool {
	for _, x := range p.Indexes {
		if oid != 0 && x.Parent == oid && x.Valid {
			return true
		}
	}
	return false
}

// left is an index of that name which is there already.
func left(p inspect.Member, name string) *inspect.Index {
	for _, x := range p.Indexes {
		if x.Name == name {
			return &x
		}
	}
	return nil
}

// build writes CREATE INDEX CONCURRENTLY for one table.
func (v *view) build(ctx context.Context, t *schema.Table, on catalog.Name, x *schema.Index, name string) ([]Change, error) {
	changes, err := v.index(ctx, t, on, x, name, &postgres.Concurrently{})
	for i := range changes {
		changes[i].Outside = true
		changes[i].builds = &index{table: on, name: name}
	}
	return changes, err
}

// only writes CREATE INDEX ON ONLY, which takes no time.
func (v *view) only(ctx context.Context, t *schema.Table, on catalog.Name, x *schema.Index, name string) ([]Change, error) {
	changes, err := v.index(ctx, t, on, x, name)
	for i := range changes {
		before := quote(name) + " ON "
		changes[i].SQL = strings.Replace(changes[i].SQL, before, before+"ONLY ", 1)
	}
	return changes, err
}

// index has Atlas write the index of a table for another one of the same columns.
func (v *view) index(ctx context.Context, t *schema.Table, on catalog.Name, x *schema.Index, name string, extra ...schema.Clause) ([]Change, error) {
	table, index := *t, *x
	table.Name, table.Schema, index.Name, index.Table = on.Table, schema.New(on.Schema), name, &table
	return v.write(ctx, []schema.Change{&schema.ModifyTable{T: &table, Changes: []schema.Change{&schema.AddIndex{I: &index, Extra: extra}}}})
}

// complete finishes indexes that an interrupted run left not valid, or tells of them.
func (r *run) complete(ctx context.Context, v *view) (all []Change, err error) {
	for _, ns := range v.desired.Schemas {
		for _, t := range ns.Tables {
			if r.Concurrently {
				all = append(all, v.setAside(nameOf(t))...)
			}
			m, ok := v.families.Named(nameOf(t))
			for _, have := range m.Indexes {
				x, declared := t.Index(have.Name)
				if !ok || have.Valid || !declared {
					continue
				}
				v.findings = append(v.findings, halfBuilt(nameOf(t), have.Name, r.Concurrently))
				if r.Concurrently {
					changes, err := v.spread(ctx, t, m, x, have.OID)
					if err != nil {
						return nil, err
					}
					all = append(all, changes...)
				}
			}
		}
	}
	return all, nil
}

// setAside drops what an interrupted run had renamed in order to drop it. Of tables that are not partitioned Atlas does.
func (v *view) setAside(root catalog.Name) (all []Change) {
	for _, p := range v.families.Of(root) {
		for _, x := range p.Indexes {
			if name := aside(x.OID); x.Name == name && !x.Valid {
				all = append(all, Change{SQL: "DROP INDEX CONCURRENTLY " + quoted(catalog.Name{Schema: p.Name.Schema, Table: name}),
					Comment: "drop index that was not finished", Outside: true, clears: &index{table: p.Name, name: name}})
			}
		}
	}
	return all
}

func halfBuilt(table catalog.Name, index string, finishes bool) lifecycle.Finding {
	f := lifecycle.Finding{Code: "invalid_index", Severity: lifecycle.Warning,
		Message: fmt.Sprintf("index %s of partitioned table %s is not valid: not all partitions have theirs, and queries do not use it", catalog.QuoteIdent(index), table),
		Remedy:  "Let indexes be built concurrently, which finishes it, or drop it and let it be built anew."}
	if finishes {
		f.Severity, f.Remedy = lifecycle.Info, "This run finishes it."
	}
	return f
}

// indexName is a name for the index of a partition; a long one is cut and told apart by a hash.
func indexName(partition, index string) string {
	name := partition + "_" + index
	if len(name) <= 63 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.ToValidUTF8(name[:52], "") + "_" + hex.EncodeToString(sum[:5])
}

// quote is an identifier as Atlas writes it.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoted(name catalog.Name) string { return quote(name.Schema) + "." + quote(name.Table) }
