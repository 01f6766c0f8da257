package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// slate writes down what it is told.
type slate struct{ strings.Builder }

func (s *slate) Count(table catalog.Name, kind lifecycle.Kind, outcome Status, n int) {
	fmt.Fprintf(s, "%s %s %s %d\n", table, kind, outcome, n)
}

// Every operation is counted once, also one that was left out first and done later, and those of a run that failed.
func TestCounter(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Create, 3, 4).wants(lifecycle.Detach, 0, 1)
	var counted slate
	e := executor(w)
	e.Counter = &counted
	e.Hooks = []Hook{beforeOp("detach public.ev_2101", func() error { return ErrNotYet })}
	_, err := w.run(e)
	is.NoErr(err)
	is.Equal(counted.String(), "public.ev create done 2\npublic.ev detach done 1\npublic.ev detach vetoed 1\n")
	counted.Reset()
	e.Hooks, e.Skip = nil, []lifecycle.Kind{lifecycle.Detach}
	_, err = w.run(e)
	is.NoErr(err)
	is.Equal(counted.String(), "public.ev detach skipped 1\n")
}

// What is embedded fills in what an observer does not care for.
func TestHookOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	heard := &afterOnly{}
	e := executor(w)
	e.Hooks = []Hook{HookOf(heard), HookOf(NoHook{})}
	_, err := w.run(e)
	is.NoErr(err)
	is.Equal(heard.ids, []string{"create public.ev_2101", "detach public.ev_2100"})
}

// afterOnly has no opinion before an operation.
type afterOnly struct {
	NoHook
	ids []string
}

func (a *afterOnly) After(_ context.Context, d Done) { a.ids = append(a.ids, d.Operation.ID) }
