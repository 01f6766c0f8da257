package integration

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// patience bounds every wait for a server; no test depends on how long something takes below it.
const patience = time.Minute

// scenario is one partitioned table in a database of its own, and the policy it follows.
type scenario struct {
	testing.TB
	db     *pgtest.Database
	table  catalog.Name
	policy lifecycle.Policy
	exec   executor.Executor
	key    string // the key column, as written in SQL
}

// events is a database with a table public.events, partitioned by a timestamptz.
func events(t *testing.T, policy lifecycle.Policy) *scenario {
	t.Parallel()
	return scene(t, "public.events", `CREATE TABLE events (id bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)`, policy)
}

// scene is a database made by ddl.
func scene(t testing.TB, table, ddl string, policy lifecycle.Policy) *scenario {
	db := pgtest.New(t)
	db.Exec(t, ddl)
	name, err := catalog.ParseName(table)
	if err != nil {
		t.Fatal(err)
	}
	return &scenario{TB: t, db: db, table: name, policy: policy, key: "at",
		exec: executor.Executor{AtDestroys: true, RetryFor: patience}}
}

func (s *scenario) tasks() []lifecycle.Task {
	return []lifecycle.Task{{Table: s.table, Policy: s.policy}}
}

// run makes one run at an instant and gives what it did.
func (s *scenario) run(at string) executor.Result {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn := s.session()
	defer conn.Close()
	results, err := s.exec.Run(ctx, conn, s.tasks(), instant(at))
	if err != nil {
		s.Fatalf("run at %s: %v", at, err)
	}
	return results[0]
}

// must makes a run that must succeed, and after which nothing is left to do.
func (s *scenario) must(at string) executor.Result {
	s.Helper()
	result := s.run(at)
	if err := result.Err(); err != nil {
		s.Fatalf("run at %s: %v", at, err)
	}
	if plan := s.plan(at); plan.Due() {
		s.Fatalf("after the run at %s there is still to do: %s", at, operations(plan))
	}
	return result
}

// plan reads and plans, and changes nothing.
func (s *scenario) plan(at string) lifecycle.Plan {
	s.Helper()
	conn := s.session()
	defer conn.Close()
	reading, err := planner.Read(context.Background(), conn, s.tasks(), instant(at))
	if err != nil {
		s.Fatalf("plan at %s: %v", at, err)
	}
	return reading.Tables[0].Plan
}

func (s *scenario) session() *sql.Conn {
	s.Helper()
	conn, err := s.db.SQL().Conn(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	return conn
}

// exists reports whether a relation of that name, written as in SQL, exists.
func (s *scenario) exists(name string) bool {
	s.Helper()
	return s.db.Text(s, `SELECT to_regclass($1) IS NOT NULL`, name) == "true"
}

// attached are the names of the table's partitions, in order.
func (s *scenario) attached() []string {
	s.Helper()
	text := s.db.Text(s, `SELECT coalesce(string_agg(c.relname, ',' ORDER BY c.relname), '') FROM pg_inherits i
		JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass AND NOT i.inhdetachpending`, s.table.String())
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// insert puts a row with that key into the table and reports whether PostgreSQL took it.
func (s *scenario) insert(at string) error {
	_, err := s.db.SQL().Exec(fmt.Sprintf(`INSERT INTO %s (%s) VALUES ('%s')`, s.table, s.key, at))
	return err
}

// find is the first finding of a code.
func find(plan lifecycle.Plan, code string) (lifecycle.Finding, bool) {
	i := slices.IndexFunc(plan.Findings, func(f lifecycle.Finding) bool { return f.Code == code })
	if i < 0 {
		return lifecycle.Finding{}, false
	}
	return plan.Findings[i], true
}

// mustFind fails the test where the plan has no finding of that code.
func (s *scenario) mustFind(plan lifecycle.Plan, code string) lifecycle.Finding {
	s.Helper()
	f, ok := find(plan, code)
	if !ok {
		s.Fatalf("no finding %s among %+v", code, plan.Findings)
	}
	return f
}

// operations are the IDs of a plan's operations.
func operations(plan lifecycle.Plan) []string {
	var ids []string
	for _, op := range plan.Operations() {
		ids = append(ids, op.ID)
	}
	return ids
}

// instant reads a day, or an instant, as UTC.
func instant(text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("not an instant: " + text)
}

func span(text string) period.Span {
	s, err := period.ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return s
}

func zone(name string) *time.Location {
	z, err := period.ParseZone(name)
	if err != nil {
		panic(err)
	}
	return z
}

// daily is a policy of days: so many ahead, so many kept, dropped at once.
func daily(ahead, keep string) lifecycle.Policy {
	return lifecycle.Policy{Every: span("1 day"), Ahead: span(ahead), Keep: span(keep), DropAfter: span("0"), MaxRetire: 1000}
}

// as makes a run as a role, which must succeed.
func (s *scenario) as(role, at string) {
	s.Helper()
	conn, err := s.db.As(s, role).Conn(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	defer conn.Close()
	results, err := s.exec.Run(context.Background(), conn, s.tasks(), instant(at))
	if err == nil {
		err = results[0].Err()
	}
	if err != nil {
		s.Fatalf("run as %s at %s: %v", role, at, err)
	}
}
