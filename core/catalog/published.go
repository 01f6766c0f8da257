package catalog

import "slices"

// publications are those that name partitions one by one, and would not have a new one: they have neither the table,
// nor its schema or that of new partitions, nor all tables.
func (f filler) publications(t *Table) []Publication {
	if len(f.detail.published) == 0 {
		return nil
	}
	counts := map[string]int{}
	t.below(func(p *Partition) {
		if p.State != Attached {
			return
		}
		for _, name := range f.detail.published[p.OID] {
			counts[name]++
		}
	})
	for _, whole := range [][]string{f.detail.published[t.OID], f.detail.schemas[t.Name.Schema], f.detail.schemas[t.Target.Name]} {
		for _, name := range whole {
			delete(counts, name)
		}
	}
	var found []Publication
	for name, n := range counts {
		found = append(found, Publication{Name: name, Partitions: n})
	}
	slices.SortFunc(found, func(a, b Publication) int { return Name{Table: a.Name}.compare(Name{Table: b.Name}) })
	return found
}
