package lifecycle

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// TableStatus is how one table stands under its policy: every partition, and what the plan for it says.
type TableStatus struct {
	Plan       Plan
	Partitions []PartitionStatus
}

// PartitionStatus is one partition, detached partition or DEFAULT partition.
type PartitionStatus struct {
	OID      uint32
	Name     catalog.Name
	Parent   catalog.Name
	Level    int // 1: a partition of the table itself
	Strategy catalog.Strategy
	Bound    string
	Window   period.Window // zero where the bound is none
	State    string        // attached, pending, detached, default
	Rows     float64       // pg_class.reltuples, -1 where never analyzed
	Bytes    int64         // an estimate: relpages
	Expired  bool
	DropAt   time.Time // of a detached partition: when it may be dropped; zero: never
}

// MakeStatus tells how a table stands. It is as pure as MakePlan, which it calls.
func MakeStatus(table catalog.Table, policy Policy, at time.Time) TableStatus {
	m := making(table, policy, at)
	if m.level == nil {
		return TableStatus{Plan: m.plan, Partitions: plainly(table)}
	}
	s := TableStatus{Plan: m.plan}
	for _, p := range m.parts {
		one := partitionStatus(table, p.Partition)
		one.Window, one.Expired = p.Window, p.Expired && !p.isDefault()
		if p.State == catalog.Detached && p.own && p.Expired {
			one.DropAt = m.detachedDropAt(p)
		}
		s.Partitions = append(s.Partitions, one)
	}
	return s
}

// plainly lists the partitions of a table that does not fit its policy.
func plainly(table catalog.Table) []PartitionStatus {
	var list []PartitionStatus
	for _, p := range table.Partitions {
		list = append(list, partitionStatus(table, &p))
	}
	return list
}

func partitionStatus(table catalog.Table, p *catalog.Partition) PartitionStatus {
	s := PartitionStatus{OID: p.OID, Name: p.Name, Parent: table.Name, Level: 1, Strategy: table.Strategy, Bound: boundOf(p),
		State: string(p.State), Rows: p.Rows, Bytes: sizeOf(p)}
	if p.Bound.Default {
		s.State = "default"
	}
	return s
}
