package ask

import (
	"slices"
	"strconv"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// indexShape is an index with what ATTACH compares; Shape is equal where it would be content.
type indexShape struct {
	theirs, unique, valid, excludes                         bool
	name, shape, space, columns, kind, deferral, whole, def string
	names                                                   []string
}

// keyShape is a foreign key with what ATTACH compares.
type keyShape struct {
	theirs, valid, enforced bool
	name, shape, def        string
}

// missingIndexes pairs each index of the parent with the first one of the partition that is like it and still free, as
// ATTACH does, and gives those that are left. One that excludes (EXCLUDE, WITHOUT OVERLAPS) ATTACH makes in any case.
func missingIndexes(shapes []indexShape) (missing []indexShape) {
	taken := map[int]bool{}
	for _, p := range shapes {
		if !p.theirs || p.excludes {
			continue
		}
		if i := pairOf(p, shapes, taken, p.kind != ""); i >= 0 {
			taken[i] = true
			continue
		}
		missing = append(missing, p)
	}
	return missing
}

// pairOf finds a free index of the partition like p. constrained: it must back a constraint.
func pairOf(p indexShape, shapes []indexShape, taken map[int]bool, constrained bool) int {
	for i, o := range shapes {
		if !o.theirs && !taken[i] && o.valid && o.shape == p.shape && (o.kind == p.kind || o.kind != "" && !constrained) {
			return i
		}
	}
	return -1
}

// missingKeys are the foreign keys of the parent that the partition lacks, and those that it has and nobody has validated.
// One that is not enforced costs ATTACH nothing.
func missingKeys(shapes []keyShape) (missing []catalog.MissingKey) {
	for _, p := range shapes {
		if !p.theirs || !p.valid || !p.enforced {
			continue
		}
		i := slices.IndexFunc(shapes, func(o keyShape) bool { return !o.theirs && o.enforced && o.shape == p.shape })
		switch {
		case i < 0:
			missing = append(missing, catalog.MissingKey{Name: p.name, Def: p.def})
		case !shapes[i].valid:
			missing = append(missing, catalog.MissingKey{Name: shapes[i].name, Def: p.def, Added: true})
		}
	}
	return missing
}

// index says how what the parent has is made on the partition. An index that nobody has printed so far is left to ATTACH.
func (p indexShape) index(shapes []indexShape, divided bool) (catalog.MissingIndex, bool) {
	x := catalog.MissingIndex{Unique: p.unique, Def: p.def, Space: p.space, Constraint: constraintKinds(p.kind), Deferral: p.deferral}
	if x.Constraint == "" {
		return x, p.def != ""
	}
	if divided { // of a partitioned table no index is made a constraint (14 to 18)
		x.Whole = p.whole
		return x, true
	}
	loose := p
	loose.kind = ""
	if i := slices.IndexFunc(shapes, func(o indexShape) bool {
		return !o.theirs && o.valid && o.kind == "" && o.shape == loose.shape && o.def == p.def
	}); i >= 0 {
		x.Built, x.Name = true, shapes[i].name
	}
	return x, p.def != ""
}

func constraintKinds(contype string) string {
	switch contype {
	case "p":
		return "PRIMARY KEY"
	case "u":
		return "UNIQUE"
	}
	return ""
}

// namesFor are names for the index of a constraint on a table, as PostgreSQL would choose them.
func (p indexShape) namesFor(table string) []string {
	end := "_pkey"
	if p.kind == "u" {
		end = "_" + strings.Join(p.names, "_") + "_key"
	}
	var names []string
	for n := range 100 {
		suffix := end
		if n > 0 {
			suffix += strconv.Itoa(n)
		}
		names = append(names, fitted(table, suffix))
	}
	return names
}

// fitted shortens a name so that it and its end, which may be long itself, fit into what PostgreSQL keeps of a name.
func fitted(name, end string) string {
	const most = 63
	if len(end) > most/2 {
		end = "_" + strings.ToValidUTF8(end[len(end)-most/2+1:], "")
	}
	if room := most - len(end); len(name) > room {
		name = strings.ToValidUTF8(name[:room], "")
	}
	return name + end
}
