package lifecycle

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// keysThat are the foreign keys of which something holds.
func (m *maker) keysThat(pass func(catalog.ForeignKey) bool) []catalog.ForeignKey {
	return slices.DeleteFunc(slices.Clone(m.table.ForeignKeys), func(k catalog.ForeignKey) bool { return !pass(k) })
}

// keys are the foreign keys that stand on the table itself: its own, or those of others that reference it.
func (m *maker) keys(out bool) []catalog.ForeignKey {
	return m.keysThat(func(k catalog.ForeignKey) bool { return k.OnPartition == 0 && k.Out == out })
}

// pointing are the foreign keys that point at the table, or at this partition of it.
func (m *maker) pointing(p part) []catalog.ForeignKey {
	return m.keysThat(func(k catalog.ForeignKey) bool { return !k.Out && (k.OnPartition == 0 || k.OnPartition == p.OID) })
}

// pointedAt reports whether foreign keys of other tables point at the partition. The end of a concurrent detach stops readers and
// writers of these, and its beginning their writers, for as long as the check of the keys takes.
func (m *maker) pointedAt(p part) bool { return len(m.pointing(p)) > 0 }

// pointingBelow are the foreign keys whose rows may point at rows of a partition: those onto the whole table, onto the partition,
// and onto what is below it.
func (m *maker) pointingBelow(p *part) []catalog.ForeignKey {
	below := oids(p.Partition)
	return m.keysThat(func(k catalog.ForeignKey) bool { return !k.Out && (k.OnPartition == 0 || below[k.OnPartition]) })
}

// refersOut reports whether a partition has foreign keys, or what is below it has.
func (m *maker) refersOut(p part) bool { return len(m.keysOut(p)) > 0 }

// keysOut are the foreign keys that a partition has, and that what is below it has by itself: those of its own, and as
// long as it is attached those of the table. DETACH does nothing with keys of its own (PostgreSQL 14 to 18).
func (m *maker) keysOut(p part) []catalog.ForeignKey {
	on := oids(p.Partition)
	on[0] = p.State != catalog.Detached
	return m.keysThat(func(k catalog.ForeignKey) bool { return k.Out && on[k.OnPartition] })
}

// oids are those of a partition and of all that is below it.
func oids(p *catalog.Partition) map[uint32]bool {
	found := map[uint32]bool{}
	each(p, func(q *catalog.Partition) { found[q.OID] = true })
	return found
}

// each calls do for a partition and for all that is below it.
func each(p *catalog.Partition, do func(*catalog.Partition)) {
	do(p)
	if p.Inner == nil {
		return
	}
	for i := range p.Inner.Partitions {
		each(&p.Inner.Partitions[i], do)
	}
}

// holdsForeign reports whether rows of a partition lie in foreign tables, which no transaction of ours covers.
func holdsForeign(p *catalog.Partition) (foreign bool) {
	each(p, func(q *catalog.Partition) { foreign = foreign || q.Kind == "f" })
	return foreign
}

// firesForAll reports whether a DELETE fires triggers that the role may not switch off.
func (m *maker) firesForAll(p *catalog.Partition) (fires bool) {
	each(p, func(q *catalog.Partition) {
		fires = fires || slices.ContainsFunc(q.Triggers, func(t catalog.Trigger) bool { return t.Internal && !m.table.Server.Superuser })
	})
	return fires
}
