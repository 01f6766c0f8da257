package lifecycle

import (
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// attachLocks are those of ATTACH PARTITION (PostgreSQL 14 to 18): readers and writers of the table go on, unless a
// foreign key of the table references the table itself.
func (m *maker) attachLocks(partition catalog.Name) []RelationLock {
	locks := []RelationLock{{m.table.Name, ddl.ShareUpdateExclusive}, {partition, ddl.AccessExclusive}}
	if d := m.defaultPart(); d != nil {
		locks = append(locks, RelationLock{d.Name, ddl.AccessExclusive})
	}
	for _, k := range m.keys(true) {
		if k.Self {
			for _, p := range m.inState(catalog.Attached) {
				locks = append(locks, RelationLock{p.Name, ddl.ShareRowExclusive})
			}
			continue
		}
		locks = append(locks, RelationLock{k.Other, ddl.ShareRowExclusive})
	}
	return m.lockReferencing(locks, ddl.ShareRowExclusive)
}

// lockReferencing adds a lock on every table that references this one. ATTACH takes it from 15 on.
func (m *maker) lockReferencing(locks []RelationLock, mode string) []RelationLock {
	if mode == ddl.ShareRowExclusive && m.table.Server.Version < 150000 {
		mode = ddl.AccessShare
	}
	for _, k := range m.keys(false) {
		if !k.Self {
			locks = append(locks, RelationLock{k.Other, mode})
		}
	}
	return locks
}

// detachLocks are those of DETACH PARTITION, or of its CONCURRENTLY form and the end of one.
func (m *maker) detachLocks(partition catalog.Name, concurrent bool) []RelationLock {
	mode := ddl.AccessExclusive
	if concurrent {
		mode = ddl.ShareUpdateExclusive
	}
	locks := []RelationLock{{m.table.Name, mode}, {partition, ddl.AccessExclusive}}
	if d := m.defaultPart(); d != nil {
		locks = append(locks, RelationLock{d.Name, ddl.AccessExclusive})
	}
	return m.lockReferencing(m.lockReferenced(locks), ddl.AccessExclusive)
}

// lockReferenced adds a lock on every table that this one references.
func (m *maker) lockReferenced(locks []RelationLock) []RelationLock {
	for _, k := range m.keys(true) {
		if !k.Self {
			locks = append(locks, RelationLock{k.Other, ddl.ShareRowExclusive})
		}
	}
	return locks
}

// dropLocks are those of DROP TABLE on a detached partition: its foreign keys outlive the detach.
func (m *maker) dropLocks(p part) []RelationLock {
	locks := []RelationLock{{p.Name, ddl.AccessExclusive}}
	for _, k := range m.keysOut(p) {
		if l := (RelationLock{k.Other, ddl.AccessExclusive}); !slices.Contains(locks, l) {
			locks = append(locks, l)
		}
	}
	return locks
}
