package lifecycle_test

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// A plan is made from data alone: here from a table made by hand, as for one that does not exist yet.
func ExampleMakePlan() {
	table := catalog.Table{
		Name:     catalog.Name{Schema: "public", Table: "events"},
		Strategy: catalog.Range,
		Key:      []catalog.Column{{Name: "at", Type: "timestamp with time zone"}},
		Answers:  catalog.Answers{}, // what plans ask; ReadPlans puts the questions to a database
	}
	policy := lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(2)}
	at := time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)

	plan := lifecycle.MakePlan(table, policy, at)
	for _, ask := range plan.Asks {
		fmt.Println("asks whether", ask.Name, "is", ask.Kind)
		table.Answers[ask] = catalog.Answer{Known: true}
	}
	plan = lifecycle.MakePlan(table, policy, at)
	for _, op := range plan.Operations() {
		fmt.Println(op.ID, op.Bound)
	}
	// Output:
	// asks whether public.events__2026_11_20 is taken
	// asks whether public.events__2026_11_21 is taken
	// create public.events__2026_11_20 FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00')
	// create public.events__2026_11_21 FOR VALUES FROM ('2026-11-21 00:00:00+00') TO ('2026-11-22 00:00:00+00')
}

// A plan can be cut down to exactly the partitions that a program means; every check of the whole plan holds for them.
func ExamplePlan_Select() {
	plan := lifecycle.Plan{Steps: []lifecycle.Step{
		{Operations: []lifecycle.Operation{{ID: "detach public.a", Kind: lifecycle.Detach, Partition: catalog.Name{Schema: "public", Table: "a"}}}},
		{Operations: []lifecycle.Operation{{ID: "detach public.b", Kind: lifecycle.Detach, Partition: catalog.Name{Schema: "public", Table: "b"}}}},
	}}
	for _, op := range plan.Only(lifecycle.Detach).Select("public.b").Operations() {
		fmt.Println(op.ID)
	}
	// Output:
	// detach public.b
}
