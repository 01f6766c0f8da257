package executor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

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
			counts := Count(result)
			counts.Finalized = 0 // of so many leaves a detach may take longer than its limit, and is finished then
			is.Equal(counts, Counts{Created: 1, Detached: 1, Dropped: 1})
			is.Equal(db.Text(t, "select count(*) from pg_class where relname like 'ev\\_\\_2025%'"), "0")
			parts := 0
			for _, step := range result.Plan.Steps {
				parts += min(1, strings.Count(step.SQL(lifecycle.Limits{}), "DROP TABLE public.ev__2025_10_01_"))
				is.True(strings.Count(step.SQL(lifecycle.Limits{}), "DROP TABLE") <= mostLeaves)
			}
			is.True(parts >= 250/mostLeaves)
			is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{})
		})
	}
}

// mostLeaves is how many leaves one transaction drops.
const mostLeaves = 100

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
	_, err := e.Run(t.Context(), db.Conn(t), []lifecycle.Task{task}, november(1))
	is.NoErr(err)
	is.Equal(db.Text(t, "select count(*) from pg_inherits where inhparent = 'ev__2025_10_01'::regclass"), "250")
	db.Exec(t, "comment on table ev is null; drop table ev__2025_10_01_7; alter table ev__2025_10_01 detach partition ev__2025_10_01_8")
	is.Equal(Count(apply(t, db, Executor{}, task, november(1))), Counts{Dropped: 1})
	is.Equal(db.Text(t, "select count(*) from pg_class where relname like 'ev\\_\\_2025%'"), "1") // the one that was taken out
}
