package catalog

import (
	"cmp"
	"slices"
)

// publications are those that name partitions one by one and would not have a new one, and those that would publish it
// under its own name.
func (f filler) publications(t *Table) []Publication {
	if len(f.tree.published) == 0 && len(f.tree.schemas) == 0 && len(f.tree.public) == 0 {
		return nil
	}
	root := slices.Concat(f.tree.public, f.tree.published[t.OID], f.tree.schemas[t.Name.Schema])
	counts := f.named(t)
	var found []Publication
	done := map[string]bool{}
	for _, p := range slices.Concat(root, f.tree.schemas[t.Target.Name]) {
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
	t.Below(func(p *Partition) {
		if p.State != Attached {
			return
		}
		for _, one := range f.tree.published[p.OID] {
			counts[one.Name]++
		}
	})
	return counts
}
