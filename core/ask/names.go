package ask

import (
	"context"
	_ "embed" // taken.sql, relationsize.sql, checktexts.sql

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed taken.sql
var takenQuery string

//go:embed relationsize.sql
var relationSizeQuery string

//go:embed checktexts.sql
var checkTextsQuery string

func (a asker) taken(ctx context.Context, o open) (catalog.Answer, error) {
	found, err := a.takenNames(ctx, []string{o.ask.Name.Schema}, []string{o.ask.Name.Table})
	what, yes := found[o.ask.Name]
	return catalog.Answer{Known: err == nil, Yes: yes, Text: what}, err
}

func (a asker) takenNames(ctx context.Context, schemas, names []string) (map[catalog.Name]string, error) {
	found := map[catalog.Name]string{}
	var n catalog.Name
	var what string
	err := a.tx.Each(ctx, takenQuery, []any{catalog.ArrayOf(schemas), catalog.ArrayOf(names)}, []any{&n.Schema, &n.Table, &what}, func() { found[n] = what })
	return found, err
}

func (a asker) size(ctx context.Context, o open) (catalog.Answer, error) {
	if _, err := a.nameOf(ctx, o.ask.Relation); err != nil {
		return catalog.Answer{}, err
	}
	var bytes int64
	err := a.tx.QueryRowContext(ctx, relationSizeQuery, int64(o.ask.Relation)).Scan(&bytes)
	return catalog.Answer{Known: err == nil, Bytes: bytes}, err
}

// check puts the texts of CHECKs where they belong.
func (a asker) check(ctx context.Context, o open) (catalog.Answer, error) {
	texts := map[string]string{}
	var name, def string
	err := a.tx.Each(ctx, checkTextsQuery, []any{int64(o.ask.Relation)}, []any{&name, &def}, func() { texts[name] = def })
	if err != nil {
		return catalog.Answer{}, err
	}
	put := func(oid uint32, checks []catalog.Check) {
		for i := range checks {
			if oid == o.ask.Relation {
				checks[i].Def = texts[checks[i].Name]
			}
		}
	}
	o.table.Below(func(p *catalog.Partition) { put(p.OID, p.Checks) })
	for _, l := range o.table.Lost {
		put(l.OID, l.Checks)
	}
	return catalog.Answer{Known: true, Yes: len(texts) > 0}, nil
}
