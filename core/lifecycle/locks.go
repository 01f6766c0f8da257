package lifecycle

import (
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// The lock modes that operations take, as PostgreSQL names them.
const (
	accessShare          = "ACCESS SHARE"
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
	share                = "SHARE"
	shareRowExclusive    = "SHARE ROW EXCLUSIVE"
	accessExclusive      = "ACCESS EXCLUSIVE"
)

// keys are the foreign keys that stand on the table itself: its own, or those of others that reference it.
func (m *maker) keys(out bool) []catalog.ForeignKey {
	var keys []catalog.ForeignKey
	for _, k := range m.table.ForeignKeys {
		if k.OnPartition == 0 && k.Out == out {
			keys = append(keys, k)
		}
	}
	return keys
}

// attachLocks are those of ATTACH PARTITION (PostgreSQL 14 to 18): readers and writers of the table go on, unless a
// foreign key of the table references the table itself.
func (m *maker) attachLocks(partition catalog.Name) []RelationLock {
	locks := []RelationLock{{m.table.Name, shareUpdateExclusive}, {partition, accessExclusive}}
	if d := m.defaultPart(); d != nil {
		locks = append(locks, RelationLock{d.Name, accessExclusive})
	}
	for _, k := range m.keys(true) {
		if k.Self {
			for _, p := range m.inState(catalog.Attached) {
				locks = append(locks, RelationLock{p.Name, shareRowExclusive})
			}
			continue
		}
		locks = append(locks, RelationLock{k.Other, shareRowExclusive})
	}
	return m.lockReferencing(locks, shareRowExclusive)
}

// lockReferencing adds a lock on every table that references this one. ATTACH takes it from 15 on.
func (m *maker) lockReferencing(locks []RelationLock, mode string) []RelationLock {
	if mode == shareRowExclusive && m.table.Server.Version < 150000 {
		mode = accessShare
	}
	for _, k := range m.keys(false) {
		if !k.Self {
			locks = append(locks, RelationLock{k.Other, mode})
		}
	}
	return locks
}

// detachLocks are those of DETACH PARTITION, or of its CONCURRENTLY form.
func (m *maker) detachLocks(partition catalog.Name, concurrent bool) []RelationLock {
	mode := accessExclusive
	if concurrent {
		mode = shareUpdateExclusive
	}
	locks := []RelationLock{{m.table.Name, mode}, {partition, accessExclusive}}
	if d := m.defaultPart(); d != nil {
		locks = append(locks, RelationLock{d.Name, accessExclusive})
	}
	return m.lockReferencing(m.lockReferenced(locks), accessExclusive)
}

// lockReferenced adds a lock on every table that this one references.
func (m *maker) lockReferenced(locks []RelationLock) []RelationLock {
	for _, k := range m.keys(true) {
		if !k.Self {
			locks = append(locks, RelationLock{k.Other, shareRowExclusive})
		}
	}
	return locks
}

// finalizeLocks are those of the last step of a concurrent detach.
func (m *maker) finalizeLocks(partition catalog.Name) []RelationLock {
	return m.detachLocks(partition, true)
}

// dropLocks are those of DROP TABLE on an orphan: its foreign keys outlive the detach.
func (m *maker) dropLocks(partition catalog.Name) []RelationLock {
	locks := []RelationLock{{partition, accessExclusive}}
	for _, k := range m.keys(true) {
		locks = append(locks, RelationLock{k.Other, accessExclusive})
	}
	return locks
}
