package lifecycle

import "testing"

// BenchmarkMakePlan plans a table of a thousand days that needs nothing.
func BenchmarkMakePlan(b *testing.B) {
	m := newModel(b, timestamptz)
	m.days("2024-02-25", 1000)
	policy := Policy{Every: span("1 day"), Ahead: span("1")}
	at := date("2026-11-20")
	for b.Loop() {
		if MakePlan(m.table, policy, at).Due() {
			b.Fatal("something is due")
		}
	}
}
