package executor_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// counterVec stands for a *prometheus.CounterVec with the labels table, operation and outcome; nothing here imports it.
type counterVec map[[3]string]float64

type counter struct {
	vec    counterVec
	labels [3]string
}

func (v counterVec) WithLabelValues(table, operation, outcome string) counter {
	return counter{v, [3]string{table, operation, outcome}}
}

func (c counter) Add(n float64) { c.vec[c.labels] += n }

// metrics is all that it takes.
type metrics struct{ operations counterVec }

func (m metrics) Count(table catalog.Name, kind lifecycle.Kind, outcome executor.Status, n int) {
	m.operations.WithLabelValues(table.String(), string(kind), string(outcome)).Add(float64(n))
}

// Operations are counted by table, kind and outcome, for instance for Prometheus.
func ExampleCounter() {
	operations := counterVec{} // prometheus.NewCounterVec(prometheus.CounterOpts{Name: "partsmith_operations_total"}, []string{…})
	e := executor.Executor{Counter: metrics{operations}}
	// e.Run(ctx, conn, tasks, time.Time{}) counts
	e.Counter.Count(catalog.Name{Schema: "public", Table: "events"}, lifecycle.Create, executor.Completed, 14)
	fmt.Println(operations)
	// Output: map[[public.events create done]:14]
}

// announcer says what has been done, and lets everything pass.
type announcer struct {
	executor.NoHook
	log *slog.Logger
}

func (a announcer) After(_ context.Context, done executor.Done) {
	a.log.Info(string(done.Operation.Kind), "partition", done.Operation.Partition.String(), "outcome", string(done.Status))
}

// A hook that cares for one side alone embeds the other.
func ExampleHookOf() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	e := executor.Executor{Hooks: []executor.Hook{executor.HookOf(announcer{log: log})}}
	fmt.Println(len(e.Hooks))
	// Output: 1
}
