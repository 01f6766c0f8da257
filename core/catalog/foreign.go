package catalog

// foreignKeys are those that stand on the table, and on what is below it. A key of the table onto itself is given
// twice, once in each direction.
func (f filler) foreignKeys(t *Table) []ForeignKey {
	if len(f.tree.keyed) == 0 {
		return nil
	}
	var keys []ForeignKey
	if !t.Missing {
		keys = f.keysOn(keys, t.OID, 0)
	}
	t.Below(func(p *Partition) { keys = f.keysOn(keys, p.OID, p.OID) })
	return keys
}

func (f filler) keysOn(keys []ForeignKey, relation, partition uint32) []ForeignKey {
	for _, k := range f.tree.keyed[relation] {
		key := ForeignKey{OID: k.OID, Name: k.Name, Self: k.Own == k.Other, Columns: k.OwnColumns, References: k.OtherColumns,
			Validated: k.Valid, OnPartition: partition}
		if k.Own == relation {
			key.Out, key.Other, key.OtherOID = true, Name{k.OtherSchema, k.OtherName}, k.Other
			keys = append(keys, key)
		}
		if k.Other == relation {
			key.Out, key.Other, key.OtherOID = false, Name{k.OwnSchema, k.OwnName}, k.Own
			keys = append(keys, key)
		}
	}
	return keys
}

// Below calls do for everything below the table, level by level down.
func (t *Table) Below(do func(*Partition)) {
	for i := range t.Partitions {
		p := &t.Partitions[i]
		do(p)
		if p.Inner != nil {
			p.Inner.Below(do)
		}
	}
}
