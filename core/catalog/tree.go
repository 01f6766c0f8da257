package catalog

import (
	"cmp"
	"context"
	_ "embed" // tree.sql
	"encoding/json"
	"slices"
	"strings"
	"time"
)

//go:embed tree.sql
var treeQuery string

// tree is the answer of the first statement: relations and who is whose partition.
type tree struct {
	server   Server
	role     int64            // OID of current_user
	wanted   []uint32         // one for each Want, 0 where there is no such table
	roots    map[uint32]bool  // the same, those included whose partitions are not read with this part
	nodes    map[uint32]*node // by OID
	children map[uint32][]*node
	marked   []*node // tables with a marker that are nobody's partition
}

// node is one relation as the first statement gives it, a row of tree.sql.
type node struct {
	tag                                string
	place, oid, parent                 int64
	pending                            bool
	schema, name                       string
	kind, persistence, strategy, ident string
	secured, forced                    bool
	bound                              string
	owner, space, method               int64
	options                            string
	tuples                             float64
	pages                              int64
	comment                            string
	marker                             *Marker
	held                               bool
}

func (n *node) relation() Name { return Name{Schema: n.schema, Table: n.name} }

func readTree(ctx context.Context, r *Reader, wants []Want, from, to int) (*tree, error) {
	var schemas, names []string
	for _, w := range wants {
		schemas, names = append(schemas, w.Table.Schema), append(names, w.Table.Table)
	}
	rows, err := r.QueryContext(ctx, treeQuery, arrayOf(schemas), arrayOf(names), r.schemas, from, to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	t := &tree{wanted: make([]uint32, len(wants)), roots: map[uint32]bool{}, nodes: map[uint32]*node{}, children: map[uint32][]*node{}}
	for rows.Next() {
		n := &node{}
		if err := rows.Scan(&n.tag, &n.place, &n.oid, &n.parent, &n.pending, &n.schema, &n.name, &n.kind, &n.persistence,
			&n.strategy, &n.ident, &n.secured, &n.forced, &n.bound, &n.owner, &n.space, &n.method, &n.options, &n.tuples, &n.pages, &n.comment); err != nil {
			return nil, err
		}
		t.add(n)
	}
	t.sort()
	return t, rows.Err()
}

func (t *tree) add(n *node) {
	switch n.tag {
	case "server":
		t.role = n.owner
		t.server = n.server()
	case "want":
		t.wanted[n.place-1], t.roots[uint32(n.oid)] = uint32(n.oid), n.oid != 0
	case "node":
		t.addNode(n)
	}
}

// addNode files a relation under its parent, or among those with a marker. A wanted table that is itself
// a partition of another wanted table comes twice, with its parent and without.
func (t *tree) addNode(n *node) {
	if n.comment != "" {
		n.marker, n.held = ParseMarker(n.comment)
	}
	t.nodes[uint32(n.oid)] = n
	switch {
	case n.parent != 0:
		t.children[uint32(n.parent)] = append(t.children[uint32(n.parent)], n)
	case n.marker != nil && n.bound == "":
		t.marked = append(t.marked, n)
	}
}

// server reads the row about the server, which uses the columns of a relation for other things.
func (n *node) server() Server {
	return Server{
		Now:             time.UnixMicro(n.method).UTC(),
		Version:         int(n.pages),
		Recovery:        n.forced,
		Database:        n.schema,
		Role:            n.name,
		Superuser:       n.secured,
		TimeZones:       strings.Split(n.comment, "\n"),
		DeadlockTimeout: time.Duration(n.space) * time.Millisecond,
		Snapshot:        n.bound,
	}
}

func (t *tree) sort() {
	byName := func(a, b *node) int { return cmp.Or(cmp.Compare(a.schema, b.schema), cmp.Compare(a.name, b.name)) }
	for _, nodes := range t.children {
		slices.SortFunc(nodes, byName)
	}
	slices.SortFunc(t.marked, byName)
}

// orphansOf are the detached partitions of a table: those whose markers hold its OID, whatever it is called by now, and those
// that name it and hold no OID of another table that was read.
func (t *tree) orphansOf(oid uint32, name Name) []*node {
	var orphans []*node
	for _, n := range t.marked {
		byOID := n.marker.OID == uint32(n.oid) && (t.nodes[n.marker.ParentOID] != nil || t.roots[n.marker.ParentOID])
		if byOID && n.marker.ParentOID == oid || !byOID && n.marker.Parent == name {
			orphans = append(orphans, n)
		}
	}
	return orphans
}

// storage reads pg_class.reloptions, printed as JSON.
func (n *node) storage() []string {
	var options []string
	if n.options != "" && json.Unmarshal([]byte(n.options), &options) != nil {
		return nil
	}
	return options
}
