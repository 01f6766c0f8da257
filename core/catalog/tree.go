package catalog

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // tree.sql
	"encoding/json"
	"slices"
)

//go:embed tree.sql
var treeQuery string

// tree is some relations and what is below them, and who is whose partition.
type tree struct {
	*ground
	nodes    map[uint32]*node // by OID
	children map[uint32][]*node
	marked   []*node // tables with a marker that are nobody's partition
}

// node is one relation, a row of tree.sql.
type node struct {
	oid, parent          uint32
	name, bound, comment string
	tuples               float64
	pages                int64
	marker               *Marker
	held                 bool
	*shape
}

// shape is what many relations have in common, so that it is there once for all of them.
type shape struct {
	Pending                     bool
	Schema                      string
	Kind, Persistence, Strategy string
	Identity                    string
	Secured, Forced             bool
	Owner, Space, Method        int64
	Options                     []string
}

// heap is the OID of the access method of ordinary tables (PostgreSQL 14 to 18).
const heap = 2

func (n *node) relation() Name { return Name{Schema: n.Schema, Table: n.name} }

// tree is what was read of some relations. It knows those with a marker as well.
func (g *ground) tree(nodes []*node) *tree {
	t := &tree{ground: g, nodes: make(map[uint32]*node, len(nodes)), children: map[uint32][]*node{}}
	for _, n := range slices.Concat(g.loose, nodes) {
		t.add(n)
	}
	t.sort()
	return t
}

// nodes are relations and what is below them.
func (r *Reader) nodes(ctx context.Context, oids []uint32) ([]*node, error) {
	if len(oids) == 0 {
		return nil, nil
	}
	rows, err := r.QueryContext(ctx, treeQuery, ArrayOf(oids))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var nodes []*node
	shapes := map[string]*shape{}
	for rows.Next() {
		n := &node{}
		var oid, parent int64
		var comment, text sql.NullString
		if err := rows.Scan(&oid, &parent, &n.name, &n.bound, &n.tuples, &n.pages, &comment, &text); err != nil {
			return nil, err
		}
		n.oid, n.parent = uint32(oid), uint32(parent)
		if comment.Valid {
			n.comment = comment.String
			n.marker, n.held = ParseMarker(n.comment)
		}
		if n.shape = shapes[text.String]; n.shape == nil && text.Valid {
			if err := json.Unmarshal([]byte(text.String), &n.shape); err != nil {
				return nil, err
			}
			shapes[text.String] = n.shape
		}
		nodes = append(nodes, n)
	}
	return shaped(nodes), rows.Err()
}

// shaped gives those nodes their shape of which tree.sql says nothing: that of most partitions.
func shaped(nodes []*node) []*node {
	above, ordinary := map[uint32]shape{}, map[uint32]*shape{}
	for _, n := range nodes {
		if n.shape != nil && n.Kind == "p" {
			above[n.oid] = *n.shape
		}
	}
	for _, n := range nodes {
		if n.shape != nil {
			continue
		}
		if ordinary[n.parent] == nil {
			parent := above[n.parent]
			ordinary[n.parent] = &shape{Schema: parent.Schema, Owner: parent.Owner, Kind: "r", Persistence: "p", Identity: "d", Method: heap}
		}
		n.shape = ordinary[n.parent]
	}
	return nodes
}

// add files a relation under its parent, or among those with a marker. A wanted table that is itself
// a partition of another wanted table comes twice, with its parent and without; one with a marker may be wanted as well.
func (t *tree) add(n *node) {
	if known := t.nodes[n.oid]; known != nil && known.parent == n.parent {
		return
	}
	t.nodes[n.oid] = n
	switch {
	case n.parent != 0:
		t.children[n.parent] = append(t.children[n.parent], n)
	case n.marker != nil && n.bound == "":
		t.marked = append(t.marked, n)
	}
}

func (t *tree) sort() {
	byName := func(a, b *node) int { return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.name, b.name)) }
	for _, nodes := range t.children {
		slices.SortFunc(nodes, byName)
	}
	// one with a marker that has been attached since is a partition
	t.marked = slices.DeleteFunc(t.marked, func(n *node) bool { return t.nodes[n.oid].parent != 0 })
	slices.SortFunc(t.marked, byName)
}

// detachedOf are the detached partitions of a table: those whose markers hold its OID, whatever it is called by now, and those
// that name it and hold no OID of another table that was read.
func (t *tree) detachedOf(oid uint32, name Name) []*node {
	var detached []*node
	for _, n := range t.marked {
		byOID := n.marker.OID == n.oid && (t.nodes[n.marker.ParentOID] != nil || t.roots[n.marker.ParentOID])
		if byOID && n.marker.ParentOID == oid || !byOID && n.marker.Parent == name {
			detached = append(detached, n)
		}
	}
	return detached
}
