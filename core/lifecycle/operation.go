package lifecycle

import (
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
)

// operation begins an operation on a partition of the table.
func (m *maker) operation(kind Kind, partition catalog.Name, s level.Share) Operation {
	return Operation{ID: string(kind) + " " + partition.String(), Kind: kind, Parent: m.table.Name, ParentOID: m.table.OID,
		Partition: partition, Window: s.Window, Rows: -1}
}

// change begins an operation on a partition that exists.
func (m *maker) change(kind Kind, p part, code, reason string) Operation {
	op := m.operation(kind, p.Name, p.Share)
	op.OID, op.Bound, op.Rows, op.Bytes = p.OID, p.Bound.Text, p.Rows, sizeOf(p.Partition)
	op.Reason, op.ReasonCode = reason, code
	return op
}

// sizeOf is an estimate of how large a partition is: its pages are of PostgreSQL's default size.
func sizeOf(p *catalog.Partition) int64 { return p.Pages * 8192 }

// boundOf is the text of a partition's bound, or of that which a detached one had.
func boundOf(p *catalog.Partition) string {
	if p.State == catalog.Detached && p.Marker != nil && p.Bound.Text == "" {
		return p.Marker.Bound
	}
	return p.Bound.Text
}
