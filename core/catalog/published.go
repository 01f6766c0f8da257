package catalog

import (
	"cmp"
	"slices"
)

// publications are those that name partitions one by one and would not have a new one, and those that would publish it
// under its own name.
func (f filler) publications(t *Table) []Publication {
	if len(f.detail.published) == 0 && len(f.detail.schemas) == 0 && len(f.detail.public) == 0 {
		return nil
	}
	root := slices.Concat(f.detail.public, f.detail.published[t.OID], f.detail.schemas[t.Name.Schema])
	counts := f.named(t)
	var found []Publication
	done := map[string]bool{}
	for _, p := range slices.Concat(root, f.detail.schemas[t.Target.Name]) {
		delete(counts, p.Name)
		byRoot := slices.ContainsFunc(root, func(r publishedFact) bool { return r.Name == p.Name })
		if !done[p.Name] && !(p.Rooted && byRoot) {
			found = append(found, Publication{Name: p.Name, Whole: true, Root: byRoot})
		}
		done[p.Name] = true
	}
	for name, n := range counts {
		found = append(found, Publication{Name: name, Partitions: n})
	}
	slices.SortFunc(found, func(a, b Publication) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// named counts the attached partitions that publications name by themselves.
func (f filler) named(t *Table) map[string]int {
	counts := map[string]int{}
	t.below(func(p *Partition) {
		if p.State != Attached {
			return
		}
		for _, one := range f.detail.published[p.OID] {
			counts[one.Name]++
		}
	})
	return counts
}
