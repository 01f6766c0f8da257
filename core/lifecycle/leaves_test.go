package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// divide gives a partition of the model so many leaves of its own.
func (m *model) divide(p *catalog.Partition, leaves int) {
	inner := &catalog.Table{OID: p.OID, Name: p.Name, Kind: "p", Strategy: catalog.List}
	for n := range leaves {
		inner.Partitions = append(inner.Partitions, catalog.Partition{OID: p.OID*100_000 + uint32(n), Kind: "r", State: catalog.Attached,
			Name: catalog.Name{Schema: "public", Table: fmt.Sprintf("%s_%d", p.Name.Table, n)}})
	}
	p.Kind, p.Inner = "p", inner
}

// What a detach would hold for longer than others may be kept waiting is not tried again and again: a finding says how long.
func TestPlan_detach_of_many_leaves(t *testing.T) {
	t.Parallel()
	referenced := catalog.ForeignKey{OID: 7, Name: "points", Other: catalog.Name{Schema: "public", Table: "points"}}
	for name, c := range map[string]struct {
		leaves   int
		key      bool // a foreign key points at the table
		rest     bool // it has a DEFAULT partition
		detached bool
	}{
		"few, foreign key":      {100, true, false, true},
		"many, foreign key":     {4000, true, false, false},
		"many, nobody near":     {20_000, false, false, true},
		"many, DEFAULT":         {4000, false, true, true},
		"very many, DEFAULT":    {20_000, false, true, false},
		"no leaves, both there": {0, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-17", 5)
			if c.rest {
				m.add("events_default", "DEFAULT")
			}
			if c.key {
				m.table.ForeignKeys = append(m.table.ForeignKeys, referenced)
			}
			if c.leaves > 0 {
				m.divide(&m.table.Partitions[0], c.leaves)
			}
			plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}, date("2026-11-20"))
			is.Equal(len(plan.Only(Detach).Operations()) == 1, c.detached)
			found := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "detach_too_long" })
			is.Equal(found < 0, c.detached)
			if found >= 0 {
				f := plan.Findings[found]
				is.Equal(f.Severity, Error)
				is.True(strings.Contains(f.Message, fmt.Sprint(c.leaves)))
				is.True(strings.Contains(f.SQL, "DETACH PARTITION public.events__2026_11_17;") && strings.Contains(f.SQL, "orphan-parent=public.events"))
			}
		})
	}
}
