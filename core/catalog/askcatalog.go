package catalog

import (
	"context"
	_ "embed" // taken.sql, relationsize.sql, checktexts.sql
)

//go:embed taken.sql
var takenQuery string

//go:embed relationsize.sql
var relationSizeQuery string

//go:embed checktexts.sql
var checkTextsQuery string

func (a asker) taken(ctx context.Context, o open) (Answer, error) {
	found, err := a.takenNames(ctx, []string{o.ask.Name.Schema}, []string{o.ask.Name.Table})
	what, yes := found[o.ask.Name]
	return Answer{Known: err == nil, Yes: yes, Text: what}, err
}

func (a asker) takenNames(ctx context.Context, schemas, names []string) (map[Name]string, error) {
	found := map[Name]string{}
	var n Name
	var what string
	err := a.tx.each(ctx, takenQuery, []any{arrayOf(schemas), arrayOf(names)}, []any{&n.Schema, &n.Table, &what}, func() { found[n] = what })
	return found, err
}

func (a asker) size(ctx context.Context, o open) (Answer, error) {
	if _, err := a.nameOf(ctx, o.ask.Relation); err != nil {
		return Answer{}, err
	}
	var bytes int64
	err := a.tx.QueryRowContext(ctx, relationSizeQuery, int64(o.ask.Relation)).Scan(&bytes)
	return Answer{Known: err == nil, Bytes: bytes}, err
}

// check puts the texts of CHECKs where they belong.
func (a asker) check(ctx context.Context, o open) (Answer, error) {
	texts := map[string]string{}
	var name, def string
	err := a.tx.each(ctx, checkTextsQuery, []any{int64(o.ask.Relation)}, []any{&name, &def}, func() { texts[name] = def })
	if err != nil {
		return Answer{}, err
	}
	put := func(oid uint32, checks []Check) {
		for i := range checks {
			if oid == o.ask.Relation {
				checks[i].Def = texts[checks[i].Name]
			}
		}
	}
	o.table.below(func(p *Partition) { put(p.OID, p.Checks) })
	for _, l := range o.table.Lost {
		put(l.OID, l.Checks)
	}
	return Answer{Known: true, Yes: len(texts) > 0}, nil
}
