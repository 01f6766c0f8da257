package catalog

import (
	"context"
	"fmt"
	"slices"
)

// partMost is how many tables ReadParts reads at once. Of 50 tables with 100 partitions each, all that is read takes some 5 MB.
const partMost = 50

// part are wanted tables that are read at once. It knows of the others that they are there.
type part struct {
	*ground
	first int
	wants []Want
	oids  []uint32
}

// parts divides the wanted tables; without any there is one part.
func (g *ground) parts(wants []Want, most int) (parts []part) {
	for first := 0; first == 0 || first < len(wants); first += most {
		to := min(first+most, len(wants))
		parts = append(parts, part{ground: g, first: first, wants: wants[first:to], oids: g.wanted[first:to]})
	}
	return parts
}

// planted are the tables of a part as far as tree.sql tells, and what detail.sql is to tell about them.
type planted struct {
	tree      *tree
	first     int
	tables    []Table
	questions questions
}

// inParts reads wanted tables. While one part is read, the tables of the one before grow.
func (r *Reader) inParts(ctx context.Context, wants []Want, most int, each func(first int, s Snapshot) error) error {
	if r.version < oldestVersion { // it lacks columns that are read
		return ServerTooOldError{Version: r.version}
	}
	g, err := r.readGround(ctx, wants)
	if err != nil {
		return fmt.Errorf("read what is wanted: %w", err)
	}
	parts, growing := g.parts(wants, most), make(chan planted, 1)
	for i := range len(parts) + 1 {
		var nodes []*node
		if i < len(parts) {
			if nodes, err = r.nodes(ctx, parts[i].there()); err != nil {
				return fmt.Errorf("read tables and partitions: %w", err)
			}
		}
		if i > 0 {
			if err := r.finish(ctx, <-growing, each); err != nil {
				return err
			}
		}
		if i < len(parts) {
			go func() { growing <- parts[i].plant(nodes) }()
		}
	}
	return nil
}

// there are the OIDs of those tables that exist.
func (p part) there() []uint32 {
	return slices.DeleteFunc(slices.Clone(p.oids), func(oid uint32) bool { return oid == 0 })
}

// plant makes the tables of what was read of them.
func (p part) plant(nodes []*node) planted {
	t := p.tree(nodes)
	tables := t.plant(p.wants, p.oids)
	return planted{t, p.first, tables, t.questions(tables)}
}

// finish brings into the tables what else is to be known about them.
func (r *Reader) finish(ctx context.Context, p planted, each func(first int, s Snapshot) error) error {
	d, err := r.readDetail(ctx, p.questions)
	if err != nil {
		return fmt.Errorf("read details of tables: %w", err)
	}
	f := filler{tree: p.tree, detail: d}
	for i := range p.tables {
		f.table(&p.tables[i])
	}
	return each(p.first, Snapshot{Server: p.tree.server, Tables: p.tables})
}
