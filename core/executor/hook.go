package executor

import (
	"context"
	"database/sql"
	"errors"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// Hook looks at operations from outside: it may archive a partition before it goes, or warm one up after it came.
// Either function may be nil. They are called outside any transaction and, in retirement, while the migrator's lock is free.
type Hook struct {
	// Before is called once for an operation, before the transaction of it or of what prepares it. A partition that will be
	// detached is still attached, one that will be dropped still has its rows. ErrNotYet vetoes the operation; any other
	// error is its failure. The session is that of the run: what is changed on it must be put back.
	Before func(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) error
	// After is called for every operation that was tried, with what became of it.
	After func(ctx context.Context, done Done)
}

// Observer is a hook written as a type with methods: one that embeds NoHook has only those that it cares for.
type Observer interface {
	Before(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) error
	After(ctx context.Context, done Done)
}

// HookOf makes a hook of an observer.
func HookOf(o Observer) Hook { return Hook{Before: o.Before, After: o.After} }

// NoHook is an observer that lets everything pass and hears nothing, to be embedded.
type NoHook struct{}

// Before lets the operation begin.
func (NoHook) Before(context.Context, *sql.Conn, lifecycle.Operation) error { return nil }

// After does nothing.
func (NoHook) After(context.Context, Done) {}

// ErrNotYet is what Before says to leave an operation for a later run. That is no failure.
var ErrNotYet = errors.New("not yet")

// before asks every hook; the first that is not content decides.
func before(ctx context.Context, hooks []Hook, conn *sql.Conn, op lifecycle.Operation) error {
	for _, h := range hooks {
		if h.Before == nil {
			continue
		}
		if err := panics.Caught(func() error { return h.Before(ctx, conn, op) }); err != nil {
			return err
		}
	}
	return nil
}

// after tells every hook. A panic in one does not keep the others from hearing of it.
func after(ctx context.Context, hooks []Hook, done Done) error {
	var errs []error
	for _, h := range hooks {
		if h.After == nil {
			continue
		}
		errs = append(errs, panics.Caught(func() error { h.After(ctx, done); return nil }))
	}
	return errors.Join(errs...)
}
