package plugin

import (
	"context"

	"github.com/partsmith/partsmith-migrate/core/executor"
)

// Base is a plug-in that does nothing, to be embedded: one that embeds it has only the methods that it cares for. One that
// embeds a Lifecycle instead maintains beside what it does itself.
type Base struct{}

var _ Plugin = Base{}

// Before lets the migrator run.
func (Base) Before(context.Context, Run) error { return nil }

// After does nothing and has no results.
func (Base) After(context.Context, Run, Outcome) ([]executor.Result, error) { return nil, nil }
