package catalog

import (
	"context"
	_ "embed" // ground.sql
	"fmt"
	"strconv"
	"time"
)

//go:embed ground.sql
var groundQuery string

// ground is what is told once, however many tables are wanted.
type ground struct {
	server Server
	role   int64           // OID of current_user
	wanted []uint32        // one for each Want, 0 where there is no such table
	roots  map[uint32]bool // the same
	loose  []*node         // tables with a marker that are nobody's partition, and what is below them

	marked    []uint32              // OIDs of these
	lost      map[uint32][]lostFact // by the table that may have lost them
	spaces    map[int64]string
	methods   map[int64]string
	keyed     map[uint32][]foreignFact   // by both ends; a key of a table onto itself stands there once
	published map[uint32][]publishedFact // publications that name the relation
	schemas   map[string][]publishedFact // publications that have every table of the schema
	public    []publishedFact            // publications that have every table
}

func (r *Reader) readGround(ctx context.Context, wants []Want) (*ground, error) {
	var schemas, names, targets []string
	for _, w := range wants {
		schemas, names, targets = append(schemas, w.Table.Schema), append(names, w.Table.Table), append(targets, w.Schema)
	}
	g := &ground{wanted: make([]uint32, len(wants)), roots: map[uint32]bool{}, lost: map[uint32][]lostFact{}, spaces: map[int64]string{}, methods: map[int64]string{},
		keyed: map[uint32][]foreignFact{}, published: map[uint32][]publishedFact{}, schemas: map[string][]publishedFact{}}
	err := r.facts(ctx, g.learn, groundQuery, ArrayOf(schemas), ArrayOf(names), ArrayOf(targets), r.schemas)
	if err == nil {
		g.loose, err = r.nodes(ctx, g.marked)
	}
	return g, err
}

// facts reads rows of a tag and a text, and has each learnt.
func (r *Reader) facts(ctx context.Context, learn func(tag string, fact []byte) error, query string, args ...any) error {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var tag string
		var fact []byte
		if err := rows.Scan(&tag, &fact); err != nil {
			return err
		}
		if err := learn(tag, fact); err != nil {
			return fmt.Errorf("read fact %s %s: %w", tag, fact, err)
		}
	}
	return rows.Err()
}

// learn files one row of ground.sql.
func (g *ground) learn(tag string, fact []byte) error {
	switch tag {
	case "server":
		return learn(fact, func(f serverFact) { g.server, g.role = f.server(), f.RoleOID })
	case "want":
		return learn(fact, func(f wantFact) { g.wanted[f.Place-1], g.roots[f.OID] = f.OID, true })
	case "marked":
		oid, err := strconv.ParseUint(string(fact), 10, 32)
		g.marked = append(g.marked, uint32(oid))
		return err
	case "lost":
		return learn(fact, g.learnLost)
	case "space":
		return learn(fact, func(f namedFact) { g.spaces[f.OID] = f.Name })
	case "method":
		return learn(fact, func(f namedFact) { g.methods[f.OID] = f.Name })
	case "foreign":
		return learn(fact, g.learnForeign)
	case "published":
		return learn(fact, g.learnPublished)
	}
	return nil
}

func (f serverFact) server() Server {
	return Server{Now: time.UnixMicro(f.Now).UTC(), Version: f.Version, Recovery: f.Recovery, Database: f.Database, Role: f.Role, Superuser: f.Superuser,
		TimeZones: f.Zones, DeadlockTimeout: time.Duration(f.Deadlock) * time.Millisecond, Snapshot: f.Snapshot}
}

func (g *ground) learnForeign(f foreignFact) {
	g.keyed[f.Own] = append(g.keyed[f.Own], f)
	if f.Other != f.Own {
		g.keyed[f.Other] = append(g.keyed[f.Other], f)
	}
}

func (g *ground) learnPublished(f publishedFact) {
	switch {
	case f.Schema != "":
		g.schemas[f.Schema] = append(g.schemas[f.Schema], f)
	case f.Relation != 0:
		g.published[f.Relation] = append(g.published[f.Relation], f)
	default:
		g.public = append(g.public, f)
	}
}
