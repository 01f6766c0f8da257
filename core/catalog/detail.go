package catalog

import (
	"context"
	_ "embed" // detail.sql
	"encoding/json"
	"maps"
	"slices"
)

//go:embed detail.sql
var detailQuery string

// questions are the parameters of detail.sql.
type questions struct {
	levels   []uint32 // tables on every level
	targets  []string // in the same order
	detached []uint32
	defaults []uint32
	owners   map[int64]bool
}

// questions gathers what detail.sql is to tell about.
func (t *tree) questions(tables []Table) questions {
	q := questions{owners: map[int64]bool{}}
	for i := range tables {
		if !tables[i].Missing {
			q.owners[t.nodes[tables[i].OID].Owner] = true
		}
		q.level(t, &tables[i], false)
	}
	return q
}

// level asks about a table and what is below it. DEFAULT is asked about with everything below it.
func (q *questions) level(t *tree, table *Table, inDefault bool) {
	if !table.Missing {
		q.levels, q.targets = append(q.levels, table.OID), append(q.targets, table.Target.Name)
	}
	for i := range table.Partitions {
		p := &table.Partitions[i]
		q.owners[t.nodes[p.OID].Owner] = true
		switch {
		case p.State == Detached:
			q.detached = append(q.detached, p.OID)
		case inDefault || p.Bound.Default:
			q.defaults = append(q.defaults, p.OID)
		}
		if p.Inner != nil {
			q.level(t, p.Inner, inDefault || p.Bound.Default)
		}
	}
}

// detail is the answer of detail.sql, by the OID of the relation that a fact is about.
type detail struct {
	roles      map[int64]roleFact
	trusts     map[trustFact]bool
	rights     map[rightsOf]rightsFact
	grants     map[uint32][]Grant
	columns    map[uint32][]columnFact
	keys       map[uint32][]Column
	identities map[uint32][]string
	checks     map[uint32][]checkFact
	triggers   map[uint32][]Trigger
	misfits    map[uint32]misfitFact
	dependents map[uint32][]string
}

type rightsOf struct {
	relation uint32
	target   string
}

func (r *Reader) readDetail(ctx context.Context, ask questions) (*detail, error) {
	d := newDetail()
	err := r.facts(ctx, d.learn, detailQuery, ArrayOf(ask.levels), ArrayOf(ask.targets), ArrayOf(ask.detached), ArrayOf(ask.defaults),
		ArrayOf(slices.Collect(maps.Keys(ask.owners))))
	return d, err
}

func newDetail() *detail {
	return &detail{
		roles: map[int64]roleFact{}, trusts: map[trustFact]bool{}, rights: map[rightsOf]rightsFact{}, grants: map[uint32][]Grant{},
		columns: map[uint32][]columnFact{}, keys: map[uint32][]Column{}, identities: map[uint32][]string{}, checks: map[uint32][]checkFact{},
		triggers: map[uint32][]Trigger{}, misfits: map[uint32]misfitFact{}, dependents: map[uint32][]string{},
	}
}

// learn files one row of detail.sql.
func (d *detail) learn(tag string, fact []byte) error {
	switch tag {
	case "role":
		return learn(fact, func(f roleFact) { d.roles[f.OID] = f })
	case "trust":
		return learn(fact, func(f trustFact) { d.trusts[f] = true })
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
