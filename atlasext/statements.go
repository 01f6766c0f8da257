package atlasext

import (
	"context"
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// statements are what the schema phase will send.
func (r *run) statements(_ context.Context, v *view) ([]Change, error) {
	return v.write(v.changes)
}

// write has Atlas write changes as SQL, every name with its schema.
func (v *view) write(changes []schema.Change) ([]Change, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	plan, err := v.driver.PlanChanges(context.Background(), "partsmith", changes)
	if err != nil {
		return nil, fmt.Errorf("plan schema: %w", err)
	}
	all := make([]Change, len(plan.Changes))
	for i, c := range plan.Changes {
		all[i] = Change{SQL: c.Cmd, Comment: c.Comment, Source: c.Source}
	}
	return all, nil
}
