package plugintest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// A transaction that a migrator leaves open, aborted or not, is rolled back before anybody else works on the session.
func TestTransactionLeftOpen(t *testing.T) {
	t.Parallel()
	for name, begun := range map[string][]string{
		"open":    {"begin", "create table half ()"},
		"aborted": {"begin", "create table half ()", "select 1/0"},
		"closed":  {"begin", "create table whole ()", "commit"},
	} {
		for how, end := range map[string]func() error{
			"returns": func() error { return nil },
			"fails":   func() error { return errOther },
			"panics":  func() error { panic(errOther) },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				is, db := is.New(t), pgtest.New(t)
				conn := db.Conn(t)
				lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
				is.NoErr(err)
				next := &successor{}
				run := plugin.Run{Migrator: "holder", Conn: conn, Held: lease}
				err = around(t, next, run, func(ctx context.Context) plugin.Outcome {
					for _, statement := range begun {
						_, _ = conn.ExecContext(ctx, statement)
					}
					return plugin.Outcome{Err: end()}
				})
				is.Equal(errors.Is(err, plugin.ErrLeftOpen), name != "closed" && how == "returns")
				is.Equal(errors.Is(err, errOther), how != "returns")
				is.NoErr(next.err) // it found the session free
				is.NoErr(lease.Release(t.Context()))
				is.Equal(db.Text(t, "select to_regclass('half') is null"), "true")
				is.Equal(db.Text(t, "select to_regclass('after') is not null"), "true")
			})
		}
	}
}

var errOther = errors.New("other")

func around(t *testing.T, p plugin.Plugin, run plugin.Run, migrate func(context.Context) plugin.Outcome) (err error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	_, err = plugin.Around(t.Context(), p, run, migrate)
	return err
}

// successor works on the session after the migrator.
type successor struct{ err error }

func (*successor) Before(context.Context, plugin.Run) error { return nil }

func (s *successor) After(ctx context.Context, run plugin.Run, _ plugin.Outcome) ([]executor.Result, error) {
	_, s.err = run.Conn.ExecContext(ctx, "create table after ()")
	return nil, nil
}
