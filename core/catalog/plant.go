package catalog

import (
	"slices"
	"strings"
)

// plant makes the tables of those OIDs with everything below them, as far as tree.sql tells.
func (t *tree) plant(wants []Want, oids []uint32) []Table {
	tables := make([]Table, len(wants))
	for i, w := range wants {
		n := t.nodes[oids[i]]
		if n == nil {
			tables[i] = Table{Name: w.Table, Missing: true, Server: t.server, Target: Schema{Name: or(w.Schema, w.Table.Schema)}}
			tables[i].Partitions = t.partitions(nil, t.detachedOf(0, w.Table), w.Schema)
			continue
		}
		tables[i] = t.table(n, w.Schema, true)
	}
	return tables
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// table makes the table of a relation and what is below it. Detached partitions are looked for unless it lies below a detached partition
// itself: two detached partitions whose markers name each other would have no end.
func (t *tree) table(n *node, target string, attached bool) Table {
	table := Table{
		OID: n.oid, Name: n.relation(), Kind: n.Kind, Strategy: strategies(n.Strategy),
		Target: Schema{Name: or(target, n.Schema)}, Comment: n.comment, Held: n.held,
		RowSecurity: n.Secured, ForceRowSecurity: n.Forced, Unlogged: n.Persistence == "u", ReplicaIdentity: n.Identity,
		Server: t.server,
	}
	var detached []*node
	if attached {
		detached = t.detachedOf(table.OID, table.Name)
	}
	table.Partitions = t.partitions(t.children[table.OID], detached, target)
	return table
}

func strategies(partstrat string) Strategy {
	switch partstrat {
	case "r":
		return Range
	case "l":
		return List
	case "h":
		return Hash
	}
	return ""
}

// partitions makes the partitions that a parent has and those that it had, in the order of their names.
func (t *tree) partitions(children, detached []*node, target string) []Partition {
	if len(children)+len(detached) == 0 {
		return nil
	}
	partitions := make([]Partition, 0, len(children)+len(detached))
	for _, n := range children {
		state := Attached
		if n.Pending {
			state = Pending
		}
		partitions = append(partitions, Partition{})
		t.partition(&partitions[len(partitions)-1], n, target, state)
	}
	for _, n := range detached {
		partitions = append(partitions, Partition{})
		t.partition(&partitions[len(partitions)-1], n, target, Detached)
	}
	if len(detached) > 0 {
		slices.SortFunc(partitions, func(a, b Partition) int { return a.Name.compare(b.Name) })
	}
	return partitions
}

func (n Name) compare(m Name) int {
	if c := strings.Compare(n.Schema, m.Schema); c != 0 {
		return c
	}
	return strings.Compare(n.Table, m.Table)
}

// partition fills a partition in its place: it is large, and there are many.
func (t *tree) partition(p *Partition, n *node, target string, state State) {
	p.OID, p.Name, p.Kind, p.Bound, p.State = n.oid, n.relation(), n.Kind, ParseBound(n.bound), state
	p.Marker, p.Comment, p.Held, p.Rows, p.Pages = n.marker, n.comment, n.held, n.tuples, n.pages
	p.Unlogged, p.Options, p.RowSecurity, p.Identity = n.Persistence == "u", n.Options, RowSecurity{n.Secured, n.Forced}, n.Identity
	if n.Kind == "p" {
		inner := t.table(n, target, state != Detached)
		p.Inner = &inner
	}
}
