package integration

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// A plan names the locks that detach and drop take for foreign keys, also for those that stand below the partition alone; and
// where a drop takes another table, it is not patient.
func TestInnerKeys_locks_are_those_that_are_taken(t *testing.T) {
	is := is.New(t)
	t.Parallel()
	policy := daily("2", "2")
	policy.DropAfter = span("1 day")
	s := scene(t, "public.e", `CREATE TABLE of_all (a int PRIMARY KEY); CREATE TABLE of_part (a int PRIMARY KEY); CREATE TABLE of_leaf (a int PRIMARY KEY); CREATE TABLE bystander (a int PRIMARY KEY);
		CREATE TABLE e (at timestamptz, k int CONSTRAINT all_key REFERENCES of_all) PARTITION BY RANGE (at); CREATE TABLE e_default PARTITION OF e DEFAULT;
		CREATE TABLE e__2099_11_17 PARTITION OF e FOR VALUES FROM ('2099-11-17 00:00+00') TO ('2099-11-18 00:00+00') PARTITION BY LIST (k);
		CREATE TABLE e__2099_11_18 PARTITION OF e FOR VALUES FROM ('2099-11-18 00:00+00') TO ('2099-11-19 00:00+00');
		CREATE TABLE leaf PARTITION OF e__2099_11_17 FOR VALUES IN (1);
		ALTER TABLE e__2099_11_17 ADD CONSTRAINT part_key FOREIGN KEY (k) REFERENCES of_part; ALTER TABLE leaf ADD FOREIGN KEY (k) REFERENCES of_leaf;
		ALTER TABLE e__2099_11_18 ADD CONSTRAINT part_key FOREIGN KEY (k) REFERENCES bystander`, policy)
	detach, _ := operation(s.plan("2099-11-20"), "detach public.e__2099_11_17")
	is.Equal(told(detach), s.taken("ALTER TABLE e DETACH PARTITION e__2099_11_17"))
	s.must("2099-11-20")
	drop, step := operation(s.plan("2099-11-22"), "drop public.e__2099_11_17")
	is.Equal(told(drop), s.taken("DROP TABLE e__2099_11_17"))
	is.True(strings.Contains(told(drop), "of_leaf ACCESS EXCLUSIVE"))
	is.True(!step.Patient)

	// one whose keys all stand below it, and one without any
	s.db.Exec(t, `ALTER TABLE e__2099_11_17 DROP CONSTRAINT all_key, DROP CONSTRAINT part_key; ALTER TABLE e__2099_11_18 DROP CONSTRAINT all_key, DROP CONSTRAINT part_key`)
	drop, step = operation(s.plan("2099-11-22"), "drop public.e__2099_11_17")
	is.Equal(told(drop), s.taken("DROP TABLE e__2099_11_17"))
	is.Equal(told(drop), "of_leaf ACCESS EXCLUSIVE")
	is.True(!step.Patient)
	drop, step = operation(s.plan("2099-11-22"), "drop public.e__2099_11_18")
	is.Equal(told(drop), "")
	is.True(step.Patient)
}

// operation finds an operation of a plan, and its step.
func operation(plan lifecycle.Plan, id string) (lifecycle.Operation, lifecycle.Step) {
	for _, s := range plan.Steps {
		for _, op := range s.Operations {
			if op.ID == id {
				return op, s
			}
		}
	}
	return lifecycle.Operation{}, lifecycle.Step{}
}

// told are the locks that a plan names on tables beside the partitioned one.
func told(op lifecycle.Operation) string {
	var locks []string
	for _, l := range op.Locks {
		if strings.HasPrefix(l.Relation.Table, "of_") || l.Relation.Table == "bystander" {
			locks = append(locks, l.Relation.Table+" "+l.Mode)
		}
	}
	slices.Sort(locks)
	return strings.Join(slices.Compact(locks), ", ")
}

// taken are the strongest locks that a statement takes on such tables. It is rolled back.
func (s *scenario) taken(statement string) string {
	s.Helper()
	tx, err := s.db.SQL().BeginTx(context.Background(), nil)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec(statement); err != nil {
		s.Fatal(err)
	}
	var locks string
	err = tx.QueryRow(`SELECT coalesce(string_agg(name || ' ' || mode, ', ' ORDER BY name COLLATE "C"), '') FROM (
		SELECT DISTINCT ON (c.relname) c.relname AS name, trim(upper(regexp_replace(replace(l.mode, 'Lock', ''), '([A-Z])', ' \1', 'g'))) AS mode
		FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND (c.relname LIKE 'of\_%' OR c.relname = 'bystander')
		ORDER BY c.relname, array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock'], l.mode)) strongest`).Scan(&locks)
	if err != nil {
		s.Fatal(err)
	}
	return locks
}
