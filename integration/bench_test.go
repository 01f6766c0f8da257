package integration

import (
	"context"
	"fmt"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// benched is how many partitions one round makes.
const benched = 100

// BenchmarkCreate makes partitions of a table with a primary key and two indexes: by a whole run, plan and locks
// included, and by sending the same statements as plain SQL.
func BenchmarkCreate(b *testing.B) {
	const ddl = `CREATE TABLE events (id bigint, at timestamptz, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
		CREATE INDEX ON events (at); CREATE INDEX ON events (note)`
	policy := lifecycle.Policy{Every: span("1 day"), Ahead: span(fmt.Sprint(benched))}
	round := func(b *testing.B, work func(s *scenario, plan lifecycle.Plan)) {
		for b.Loop() {
			b.StopTimer()
			s := scene(b, "public.events", ddl, policy)
			s.exec.Locker = lock.Polling{}
			plan := s.plan("2054-11-20")
			b.StartTimer()
			work(s, plan)
			b.StopTimer()
			if n := len(s.attached()); n != benched {
				b.Fatalf("%d partitions", n)
			}
			b.StartTimer()
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benched), "µs/partition")
	}
	b.Run("run", func(b *testing.B) {
		round(b, func(s *scenario, _ lifecycle.Plan) { s.run("2054-11-20") })
	})
	b.Run("plain", func(b *testing.B) {
		round(b, func(s *scenario, plan lifecycle.Plan) {
			conn := s.session()
			defer conn.Close()
			for _, step := range plan.Steps {
				for _, statement := range step.All() {
					if _, err := conn.ExecContext(context.Background(), statement.SQL); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	})
}

// BenchmarkConverged reads and plans a table that needs nothing: what a run costs on an ordinary day.
func BenchmarkConverged(b *testing.B) {
	s := scene(b, "public.events", `CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at)`,
		lifecycle.Policy{Every: span("1 day"), Ahead: span("200")})
	s.run("2054-11-20")
	conn := s.session()
	defer conn.Close()
	for b.Loop() {
		reading, err := planner.Read(context.Background(), conn, s.tasks(), instant("2054-11-20"))
		if err != nil || reading.Due() {
			b.Fatal(err, reading.Due())
		}
	}
}
