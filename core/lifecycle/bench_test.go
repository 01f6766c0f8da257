package lifecycle

import (
	"fmt"
	"testing"
)

// BenchmarkMakePlan plans tables of so many days that need nothing, and one of them that needs one.
func BenchmarkMakePlan(b *testing.B) {
	for _, days := range []int{100, 1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(days), func(b *testing.B) {
			m := newModel(b, timestamptz)
			m.days("1800-01-01", days)
			policy := Policy{Every: span("1 day"), Ahead: span("1")}
			at := date("1800-01-01").AddDate(0, 0, days-1)
			for b.Loop() {
				if MakePlan(m.table, policy, at).Due() {
					b.Fatal("something is due")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*days), "ns/partition")
		})
	}
}

// Planning costs the same for each partition, however many there are: less than one allocation, and no more for the tenth
// thousand than for the first.
func TestPlanningIsLinear(t *testing.T) {
	cost := func(days int) float64 { // no t.Parallel: allocations are those of the whole process
		m := newModel(t, timestamptz)
		m.days("1990-01-01", days)
		policy := Policy{Every: span("1 day"), Ahead: span("2")}
		at := date("1990-01-01").AddDate(0, 0, days-1)
		return testing.AllocsPerRun(1, func() { MakePlan(m.table, policy, at) }) / float64(days)
	}
	thousand, many := cost(1000), cost(10_000)
	if many > 1 || many > 1.1*thousand {
		t.Errorf("%.1f allocations for each of 1,000 partitions, %.1f for each of 10,000", thousand, many)
	}
}
