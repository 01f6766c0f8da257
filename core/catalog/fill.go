package catalog

// filler brings what is told of relations into the tables that they are.
type filler struct {
	tree   *tree
	detail *detail
}

// table fills a table and everything below it.
func (f filler) table(t *Table) {
	if !t.Missing {
		f.level(t)
	}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		f.partition(t, p)
		if p.State == Detached {
			f.apart(t, p)
		}
		if p.Inner != nil {
			f.table(p.Inner)
		}
	}
	t.Lost = f.lost(t)
	t.ForeignKeys = f.foreignKeys(t)
	t.Publications = f.publications(t)
}

func (f filler) level(t *Table) {
	n, d := f.tree.nodes[t.OID], f.detail
	t.Tablespace, t.AccessMethod = f.tree.spaces[n.Space], f.tree.methods[n.Method]
	t.Key, t.ReplicaIndex, t.Grants = d.keys[t.OID], d.identities[t.OID], d.grants[t.OID]
	for _, c := range d.columns[t.OID] {
		t.Columns = append(t.Columns, c.column())
		if c.Target >= 0 || len(c.Options) > 0 {
			t.StatTargets = append(t.StatTargets, StatTarget{Column: c.Name, Target: c.Target, Options: c.Options})
		}
	}
	t.Owner, t.ActAs, t.Lacks = f.owned(n)
	f.rights(t)
}

func (f filler) partition(parent *Table, p *Partition) {
	n, d := f.tree.nodes[p.OID], f.detail
	p.Trusted = f.trusts(parent, n.Owner)
	p.Owner, p.ActAs, p.Lacks = f.owned(n)
	p.Tablespace, p.AccessMethod = f.tree.spaces[n.Space], f.tree.methods[n.Method]
	p.Triggers = d.triggers[p.OID]
	for _, c := range d.checks[p.OID] {
		if p.State == Detached || p.Bound.Default {
			p.Checks = append(p.Checks, Check{Name: c.Name, Valid: c.Valid})
		}
	}
}

func (f filler) apart(parent *Table, p *Partition) {
	p.Differs = f.differences(parent, p)
	p.ReferencedBy = f.detail.dependents[p.OID]
}
