package leaf

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Likeness is what new partitions of a table are like: as its rule says, else as the table is, else as those are that exist.
type Likeness struct {
	table  *catalog.Table
	rule   Rule
	newest *catalog.Partition // nil where there is none
	grants bool               // the table's grants are copied

	own      []catalog.Own         // of the newest, and all have the like
	names    map[catalog.Name]bool // which of the names that follow from those of the newest are free
	secured  catalog.RowSecurity   // the parent's where they do not agree
	space    string                // tablespace
	method   string                // access method
	identity string                // replica identity, FULL or NOTHING
	comment  string
	unlogged bool
}

// Of finds out what new partitions are like: the leaves are the partitions that they may be like, newest the ordinary one that
// begins last, nil where there is none. What the leaves have of their own must be asked for: Own.
func Of(table *catalog.Table, rule Rule, grants bool, newest *catalog.Partition, leaves []*catalog.Partition) *Likeness {
	l := &Likeness{table: table, rule: rule, grants: grants, newest: newest, names: map[catalog.Name]bool{}, secured: securedBy(table)}
	if table.Unlike == "" && newest != nil && newest.Trusted { // else whoever owns it has his own on it
		l.compare(leaves)
	}
	return l
}

func securedBy(t *catalog.Table) catalog.RowSecurity {
	return catalog.RowSecurity{On: t.RowSecurity, Forced: t.ForceRowSecurity}
}

// compare takes what the snapshot tells of the leaves and all agree in.
func (l *Likeness) compare(leaves []*catalog.Partition) {
	if secured, ok := shared(leaves, func(p *catalog.Partition) catalog.RowSecurity { return p.RowSecurity }); ok && l.rule.likes(l.rule.RowSecurity) {
		l.secured = secured
	}
	if l.rule.likes(l.rule.Comments) && len(leaves) > 1 { // what only one says is about that one
		l.comment, _ = shared(leaves, func(p *catalog.Partition) string { return plainComment(p.Comment) })
	}
	if !l.rule.likes("") {
		return
	}
	l.space, _ = shared(leaves, func(p *catalog.Partition) string { return p.Tablespace })
	l.unlogged, _ = shared(leaves, func(p *catalog.Partition) bool { return p.Unlogged })
	if method, _ := shared(leaves, func(p *catalog.Partition) string { return p.AccessMethod }); method != "heap" {
		l.method = method
	}
	if identity, _ := shared(leaves, func(p *catalog.Partition) string { return p.Identity }); l.table.ReplicaIdentity == "d" && (identity == "f" || identity == "n") {
		l.identity = identity
	}
}

// shared is what all leaves have in common; the zero value and false where there are none, or where they differ.
func shared[T comparable](leaves []*catalog.Partition, of func(*catalog.Partition) T) (value T, ok bool) {
	for i, p := range leaves {
		switch got := of(p); {
		case i == 0:
			value = got
		case got != value:
			return *new(T), false
		}
	}
	return value, len(leaves) > 0
}

// plainComment is a comment without lines of ours, which are about one partition.
func plainComment(comment string) string {
	if comment == "" {
		return ""
	}
	var lines []string
	for line := range strings.SplitSeq(catalog.Strip(comment), "\n") {
		if own := strings.TrimSpace(line); !strings.HasPrefix(own, "partsmith:") && !strings.HasPrefix(own, "pg-partsmith:") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Own is the question what the newest partition has of its own; false where nobody needs to know.
func (l *Likeness) Own() (catalog.Ask, bool) {
	if l.newest == nil || !l.newest.Trusted || !l.rule.asks() {
		return catalog.Ask{}, false
	}
	return catalog.Ask{Kind: catalog.AskOwn, Relation: l.newest.OID}, true
}

// Take takes what all of so many partitions have of what the newest has of its own, once that is answered. It tells what else it
// has: some that not all have, and what is stuck, since all have it and it cannot be made on another.
func (l *Likeness) Take(partitions int) (some, stuck []string) {
	for _, o := range l.newest.Own {
		bound := o.Keyed && partitions == 1 // what a single partition says of the key is about itself
		switch {
		case !l.rule.takes(o.Kind) || bound:
		case o.Partitions < partitions && !o.Keyed:
			some = append(some, sharedBy(o, l.newest.Name, partitions))
		case o.Partitions < partitions:
		case o.Keyed || !makeable(o):
			stuck = append(stuck, text(o, l.newest.Name))
		default:
			l.own = append(l.own, o)
		}
	}
	return some, stuck
}

// makeable reports whether what one partition has can be made on another. A foreign key locks what it references, and rules are
// about one table.
func makeable(o catalog.Own) bool {
	return o.Kind != catalog.OwnForeignKey && o.Kind != catalog.OwnRule && (o.Def != "" || o.Kind == catalog.OwnNotNull)
}
