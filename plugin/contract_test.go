package plugin

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/executor"
)

// notes is a plug-in that writes down what it is told.
type notes struct {
	veto, fail error
	told       []Outcome
}

func (n *notes) Before(context.Context, Run) error { return n.veto }

func (n *notes) After(_ context.Context, _ Run, outcome Outcome) ([]executor.Result, error) {
	n.told = append(n.told, outcome)
	return []executor.Result{{}}, n.fail
}

var errOne, errTwo = errors.New("one"), errors.New("two")

func TestAround(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := &notes{}
	results, err := Around(t.Context(), n, Run{}, func(context.Context) Outcome { return Outcome{Applied: 3} })
	is.NoErr(err)
	is.Equal(len(results), 1)
	is.Equal(n.told, []Outcome{{Applied: 3}})
}

func TestAroundJoinsErrorsTheMigratorsFirst(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := &notes{fail: errTwo}
	results, err := Around(t.Context(), n, Run{}, func(context.Context) Outcome { return Outcome{errOne, 1} })
	is.Equal(err.Error(), "one\ntwo")
	is.True(errors.Is(err, errOne) && errors.Is(err, errTwo))
	is.Equal(len(results), 1) // valid beside an error
	is.Equal(n.told, []Outcome{{errOne, 1}})
}

func TestAroundAfterAVeto(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := &notes{veto: errOne}
	results, err := Around(t.Context(), n, Run{Migrator: "goose"}, func(context.Context) Outcome {
		t.Error("the migrator ran")
		return Outcome{}
	})
	var veto *VetoError
	is.True(errors.As(err, &veto))
	is.True(errors.Is(err, errOne))
	is.Equal(err.Error(), "run goose: not started: one")
	is.Equal(len(results), 0)
	is.Equal(len(n.told), 0)
}

func TestAroundLetsAPanicThrough(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := &notes{}
	defer func() {
		is.Equal(recover(), any("oh"))
		is.Equal(n.told, []Outcome{{Err: ErrPanicked}})
	}()
	_, _ = Around(t.Context(), n, Run{}, func(context.Context) Outcome { panic("oh") })
}

// runtime.Goexit, as of t.FailNow in a migration, is no return either.
func TestAroundWhenTheGoroutineEnds(t *testing.T) {
	t.Parallel()
	n := &notes{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = Around(t.Context(), n, Run{}, func(context.Context) Outcome { runtime.Goexit(); return Outcome{} })
	}()
	<-ended
	is.New(t).Equal(n.told, []Outcome{{Err: ErrPanicked}})
}
