package plugintest

import (
	"context"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// spy is a plug-in that writes down what happens to it, and lets another one work.
type spy struct {
	inner   plugin.Plugin
	site    *site
	calls   []string // before, migrated (the migration was there when After was called), after
	run     plugin.Run
	outcome plugin.Outcome
	veto    error  // for Before
	fail    error  // for After
	panics  string // where it panics, with errWild: before, after; empty: nowhere
}

func (s *spy) Before(ctx context.Context, run plugin.Run) error {
	s.calls, s.run = append(s.calls, "before"), run
	if s.panics == "before" {
		panic(errWild)
	}
	if s.veto != nil {
		return s.veto
	}
	return s.inner.Before(ctx, run)
}

func (s *spy) After(ctx context.Context, run plugin.Run, outcome plugin.Outcome) ([]executor.Result, error) {
	if ctx.Err() == nil && s.site.sees(ctx, run, migratedQuery) {
		s.calls = append(s.calls, "migrated")
	}
	s.calls, s.outcome = append(s.calls, "after"), outcome
	if s.panics == "after" {
		panic(errWild)
	}
	results, err := s.inner.After(ctx, run, outcome)
	if err == nil {
		err = s.fail
	}
	return results, err
}

// idle is a plug-in that does nothing.
type idle struct{}

func (idle) Before(context.Context, plugin.Run) error { return nil }

func (idle) After(context.Context, plugin.Run, plugin.Outcome) ([]executor.Result, error) {
	return nil, nil
}
