package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
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

// A detached partition with more leaves than one transaction should lock is dropped leaf by leaf: each for itself is looked at,
// and nothing is dropped but what is attached to the one that is due.
func TestManyLeavesAreDroppedInParts(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"alone": "", "foreign keys": "; alter table ev add foreign key (id) references ref"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := manyLeaves(t, 250, key)
			task := daily("ev", period.Span{Set: true})
			var locks []string
			e := Executor{Progress: func(d Done) { locks = append(locks, d.Operation.ID) }}
			result := apply(t, db, e, task, november(1))
			is.Equal(Count(result), Counts{Created: 1, Detached: 1, Dropped: 1})
			is.Equal(db.Text(t, "select count(*) from pg_class where relname like 'ev\\_\\_2025%'"), "0")
			parts := 0
			for _, step := range result.Plan.Steps {
				parts += min(1, strings.Count(step.SQL(Limits{}), "DROP TABLE public.ev__2025_10_01_"))
				is.True(strings.Count(step.SQL(Limits{}), "DROP TABLE") <= leafBatch)
			}
			is.True(parts >= 250/leafBatch)
			is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{})
		})
	}
}

// manyLeaves is a database with a table of days whose partition of 1 October 2025 is divided further, and that of 1 November is not.
func manyLeaves(t *testing.T, n int, more string) *pgtest.Database {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, `create table ref (id bigint primary key);
create table ev (at timestamptz not null, id bigint not null) partition by range (at);
create table ev__2025_10_01 partition of ev for values from ('2025-10-01Z') to ('2025-10-02Z') partition by list (id);
create table ev__2055_11_01 partition of ev for values from ('2055-11-01Z') to ('2055-11-02Z')`)
	for first := 0; first < n; first += 50 {
		db.Exec(t, fmt.Sprintf(`do $$ begin for i in %d..%d loop
execute format('create table ev__2025_10_01_%%s partition of ev__2025_10_01 for values in (%%s)', i, i); end loop; end $$`, first, min(first+50, n)-1))
	}
	db.Exec(t, "select 1"+more)
	return db
}

// A run that ended between two parts left a detached partition with fewer leaves, still marked: the next one goes on. A leaf
// that somebody took out meanwhile, or a hold that somebody set, is found in the transaction that would drop.
func TestDropInPartsGoesOnAndLooksAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := manyLeaves(t, 250, "")
	task := daily("ev", period.Span{Set: true})
	hold := func() error {
		db.Exec(t, "comment on table ev is 'partsmith:hold'")
		return nil
	}
	e := Executor{RetryFor: time.Second, AtDestroys: true, Hooks: []Hook{beforeOp("drop public.ev__2025_10_01", hold)}}
	_, err := e.Run(t.Context(), db.Conn(t), []Task{task}, november(1))
	is.NoErr(err)
	is.Equal(db.Text(t, "select count(*) from pg_inherits where inhparent = 'ev__2025_10_01'::regclass"), "250")
	db.Exec(t, "comment on table ev is null; drop table ev__2025_10_01_7; alter table ev__2025_10_01 detach partition ev__2025_10_01_8")
	is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{Dropped: 1})
	is.Equal(db.Text(t, "select count(*) from pg_class where relname like 'ev\\_\\_2025%'"), "1") // the one that was taken out
}
