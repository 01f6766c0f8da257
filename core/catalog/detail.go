package catalog

import (
	"context"
	_ "embed" // detail.sql
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed detail.sql
var detailQuery string

// questions are the parameters of the second statement.
type questions struct {
	levels     []uint32 // tables on every level
	targets    []string // in the same order
	prefixes   []string // in the same order, empty below the wanted tables
	orphans    []uint32
	defaults   []uint32
	everything []uint32
	owners     map[int64]bool
}

// questions gathers what the second statement is to tell about.
func (t *tree) questions(tables []Table) questions {
	q := questions{owners: map[int64]bool{}}
	for i := range tables {
		if !tables[i].Missing {
			q.everything = append(q.everything, tables[i].OID)
			q.owners[t.nodes[tables[i].OID].owner] = true
		}
		first := len(q.prefixes)
		q.level(t, &tables[i], false)
		if first < len(q.prefixes) {
			q.prefixes[first] = tables[i].prefix()
		}
	}
	return q
}

// level asks about a table and what is below it. DEFAULT is asked about with everything below it.
func (q *questions) level(t *tree, table *Table, inDefault bool) {
	if !table.Missing {
		q.levels, q.targets, q.prefixes = append(q.levels, table.OID), append(q.targets, table.Target.Name), append(q.prefixes, "")
	}
	for i := range table.Partitions {
		p := &table.Partitions[i]
		q.everything = append(q.everything, p.OID)
		q.owners[t.nodes[p.OID].owner] = true
		switch {
		case p.State == Detached:
			q.orphans = append(q.orphans, p.OID)
		case inDefault || p.Bound.Default:
			q.defaults = append(q.defaults, p.OID)
		}
		if p.Inner != nil {
			q.level(t, p.Inner, inDefault || p.Bound.Default)
		}
	}
}

// detail is the answer of the second statement, by the OID of the relation that a fact is about.
type detail struct {
	roles      map[int64]roleFact
	trusts     map[trustFact]bool
	lost       []lostFact
	spaces     map[int64]string
	methods    map[int64]string
	rights     map[rightsOf]rightsFact
	grants     map[uint32][]Grant
	columns    map[uint32][]columnFact
	keys       map[uint32][]Column
	identities map[uint32][]string
	checks     map[uint32][]checkFact
	triggers   map[uint32][]Trigger
	misfits    map[uint32]misfitFact
	dependents map[uint32][]string
	keyed      map[uint32][]foreignFact   // by both ends; a key of a table onto itself stands there once
	published  map[uint32][]publishedFact // publications that name the relation
	schemas    map[string][]publishedFact // publications that have every table of the schema
	public     []publishedFact            // publications that have every table
}

type rightsOf struct {
	relation uint32
	target   string
}

func readDetail(ctx context.Context, r *Reader, ask questions) (*detail, error) {
	owners := make([]int64, 0, len(ask.owners))
	for o := range ask.owners {
		owners = append(owners, o)
	}
	slices.Sort(owners)
	rows, err := r.QueryContext(ctx, detailQuery, arrayOf(ask.levels), arrayOf(ask.targets), arrayOf(ask.orphans),
		arrayOf(ask.defaults), arrayOf(ask.everything), arrayOf(owners), arrayOf(ask.prefixes))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	d := newDetail()
	for rows.Next() {
		var tag, fact string
		if err := rows.Scan(&tag, &fact); err != nil {
			return nil, err
		}
		if err := d.learn(tag, []byte(fact)); err != nil {
			return nil, fmt.Errorf("read fact %s %s: %w", tag, fact, err)
		}
	}
	return d, rows.Err()
}

func newDetail() *detail {
	return &detail{
		roles: map[int64]roleFact{}, trusts: map[trustFact]bool{}, spaces: map[int64]string{}, methods: map[int64]string{}, rights: map[rightsOf]rightsFact{},
		grants: map[uint32][]Grant{}, columns: map[uint32][]columnFact{}, keys: map[uint32][]Column{}, identities: map[uint32][]string{},
		checks: map[uint32][]checkFact{}, triggers: map[uint32][]Trigger{}, misfits: map[uint32]misfitFact{}, dependents: map[uint32][]string{},
		keyed: map[uint32][]foreignFact{}, published: map[uint32][]publishedFact{}, schemas: map[string][]publishedFact{},
	}
}

// learn files one row of detail.sql.
func (d *detail) learn(tag string, fact []byte) error {
	switch tag {
	case "role":
		return learn(fact, func(f roleFact) { d.roles[f.OID] = f })
	case "trust":
		return learn(fact, func(f trustFact) { d.trusts[f] = true })
	case "lost":
		return learn(fact, func(f lostFact) { d.lost = append(d.lost, f) })
	case "space":
		return learn(fact, func(f namedFact) { d.spaces[f.OID] = f.Name })
	case "method":
		return learn(fact, func(f namedFact) { d.methods[f.OID] = f.Name })
	case "rights":
		return learn(fact, func(f rightsFact) { d.rights[rightsOf{f.Relation, f.Target}] = f })
	case "grant":
		return learn(fact, func(f grantFact) { d.grants[f.Relation] = append(d.grants[f.Relation], f.Grant) })
	case "column":
		return learn(fact, func(f columnFact) { d.columns[f.Relation] = append(d.columns[f.Relation], f) })
	case "key":
		return learn(fact, func(f keyFact) { d.keys[f.Relation] = append(d.keys[f.Relation], f.column()) })
	case "identity":
		return learn(fact, func(f namedFact) { d.identities[f.Relation] = append(d.identities[f.Relation], f.Name) })
	case "check":
		return learn(fact, func(f checkFact) { d.checks[f.Relation] = append(d.checks[f.Relation], f) })
	case "trigger":
		return learn(fact, func(f triggerFact) { d.triggers[f.Relation] = append(d.triggers[f.Relation], f.Trigger) })
	case "misfit":
		return learn(fact, func(f misfitFact) { d.misfits[f.Relation] = f })
	case "dependent":
		return learn(fact, func(f dependentFact) { d.dependents[f.Relation] = append(d.dependents[f.Relation], f.Description) })
	case "foreign":
		return learn(fact, d.learnForeign)
	case "published":
		return learn(fact, d.learnPublished)
	}
	return nil
}

func learn[T any](fact []byte, file func(T)) error {
	var f T
	if err := json.Unmarshal(fact, &f); err != nil {
		return err
	}
	file(f)
	return nil
}

func (d *detail) learnForeign(f foreignFact) {
	d.keyed[f.Own] = append(d.keyed[f.Own], f)
	if f.Other != f.Own {
		d.keyed[f.Other] = append(d.keyed[f.Other], f)
	}
}

func (d *detail) learnPublished(f publishedFact) {
	switch {
	case f.Schema != "":
		d.schemas[f.Schema] = append(d.schemas[f.Schema], f)
	case f.Relation != 0:
		d.published[f.Relation] = append(d.published[f.Relation], f)
	default:
		d.public = append(d.public, f)
	}
}
