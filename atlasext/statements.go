package atlasext

import (
	"context"
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// statements are what the schema phase will send: first what makes room for tables made anew, then Atlas's plan, then indexes
// that are built without locking writers out.
func (r *run) statements(ctx context.Context, v *view) ([]Change, error) {
	room, err := v.write(ctx, v.dropped)
	if err != nil {
		return nil, err
	}
	changes, indexes, err := r.separate(ctx, v)
	if err != nil {
		return nil, err
	}
	main, err := v.write(ctx, changes)
	if err != nil {
		return nil, err
	}
	rest, err := r.complete(ctx, v)
	if err != nil {
		return nil, err
	}
	return append(append(append(room, main...), indexes...), rest...), nil
}

// write has Atlas write changes as SQL, every name with its schema.
func (v *view) write(ctx context.Context, changes []schema.Change) ([]Change, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	plan, err := v.driver.PlanChanges(ctx, "partsmith", changes)
	if err != nil {
		return nil, fmt.Errorf("plan schema: %w", err)
	}
	all := make([]Change, len(plan.Changes))
	for i, c := range plan.Changes {
		all[i] = Change{SQL: c.Cmd, Comment: c.Comment, Source: c.Source}
	}
	return all, nil
}
