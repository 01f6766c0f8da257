package executor

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// beforeOp is a hook that does something before one operation.
func beforeOp(id string, call func() error) Hook {
	return Hook{Before: func(_ context.Context, _ *sql.Conn, op lifecycle.Operation) error {
		if op.ID == id {
			return call()
		}
		return nil
	}}
}

func TestHooksVetoFailAndPanic(t *testing.T) {
	t.Parallel()
	full := errors.New("archive is full")
	for name, c := range map[string]struct {
		hook  func() error
		fates string
		ok    bool
	}{
		"veto":  {func() error { return ErrNotYet }, "detach ev_2100 vetoed, detach ev_2101 done, drop ev_2100 skipped", true},
		"error": {func() error { return full }, "detach ev_2100 failed, detach ev_2101 done, drop ev_2100 skipped", false},
		"panic": {func() error { panic("no archive") }, "detach ev_2100 failed, detach ev_2101 done, drop ev_2100 skipped", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1).wants(lifecycle.Drop, 0)
			e := executor(w)
			e.Hooks = []Hook{beforeOp("detach public.ev_2100", c.hook)}
			r, err := w.run(e)
			is.NoErr(err)
			is.Equal(fates(r), c.fates)
			is.Equal(r.OK(), c.ok)
			is.Equal(errors.Is(r.Err(), HookFailed), !c.ok)
			is.Equal(errors.Is(r.Err(), full), name == "error")
			is.Equal(w.db.Text(t, "select coalesce(obj_description('ev_2100'::regclass), '')"), "") // no marker was written
			w.clean()
		})
	}
}

func TestHooksRunOutsideLocksAndTransactions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0).wants(lifecycle.Drop, 0)
	other := w.db.Conn(t)
	var seen []string
	e := executor(w)
	e.Hooks = []Hook{{
		Before: func(ctx context.Context, conn *sql.Conn, op lifecycle.Operation) error {
			lease, err := lock.Polling{}.Lock(ctx, other, 0)
			is.NoErr(err) // the migrator's lock is free
			is.NoErr(lease.Release(ctx))
			var outside bool
			is.NoErr(conn.QueryRowContext(ctx, "select current_setting('statement_timeout') = '0'").Scan(&outside))
			seen = append(seen, "before "+op.ID+" "+w.state(0))
			return nil
		},
		After: func(_ context.Context, d Done) { seen = append(seen, "after "+d.Operation.ID+" "+w.state(0)) },
	}}
	r, err := w.run(e)
	is.NoErr(err)
	is.NoErr(r.Err())
	is.Equal(seen, []string{"before detach public.ev_2100 attached", "after detach public.ev_2100 marked",
		"before drop public.ev_2100 marked", "after drop public.ev_2100 gone"})
}

func TestAHookThatLeavesATransactionOpenFails(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	e := executor(w)
	e.Hooks = []Hook{{Before: func(ctx context.Context, conn *sql.Conn, _ lifecycle.Operation) error {
		_, err := conn.ExecContext(ctx, "begin")
		return err
	}}}
	r, err := w.run(e)
	is.NoErr(err)
	is.Equal(fates(r), "create ev_2101 failed")
	is.True(errors.Is(r.Err(), ErrInTransaction))
	w.clean()
}

func TestAPanicAfterwardsIsTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	e := executor(w)
	e.Hooks = []Hook{{After: func(context.Context, Done) { panic("oh") }}}
	r, err := w.run(e)
	is.NoErr(err)
	is.Equal(fates(r), "create ev_2101 done") // it is, whatever the hook says
	is.True(errors.Is(r.Err(), HookFailed))
}
