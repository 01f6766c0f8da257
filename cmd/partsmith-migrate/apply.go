package main

import (
	"context"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/report"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

func applyCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:  "apply",
		Usage: "create what is missing, then detach and drop what has expired",
		Flags: commonFlags(runTime(), connectFor(0), formatFlag("text or json"), skipFlag(),
			&cli.IntFlag{Name: "max-retire", Usage: "retire up to `N` partitions of a table in this run", DefaultText: "as the policy says"},
			&cli.IntFlag{Name: "jobs", Value: 1, Usage: "work on `N` tables at once, each on a connection of its own"}),
		Action: func(c *cli.Context) error { return sh.apply(c) },
	}
}

func skipFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "skip", Usage: "leave out `WHAT`: create, detach or drop; may be repeated"}
}

// ran is a run and what came of it.
type ran struct {
	results []executor.Result
	outcome verdict.Outcome
	took    time.Duration
	err     error
}

func (sh shell) apply(c *cli.Context) error {
	if err := sh.noArguments(c); err != nil {
		return err
	}
	format, err := oneOf(c, "format", "text", "json")
	if err != nil {
		return err
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	e, err := w.executor(c, w.document.Lock)
	if err != nil {
		return err
	}
	r := w.carryOut(c.Context, e)
	if err := w.printResults(format, r); err != nil {
		return err
	}
	return r.exit()
}

// exit keeps the code of an error that has one of its own, as a failed connection does.
func (r ran) exit() error {
	code := r.outcome.Code()
	if r.outcome == verdict.Failed {
		code = codeOf(r.err)
	}
	if code == exit.Done {
		return nil
	}
	return &exit.Error{Code: code, Err: r.err}
}

// executor is set up by the flags of a command, under the lock of this name.
func (w *work) executor(c *cli.Context, lockName string) (executor.Executor, error) {
	skip, err := skipped(c.StringSlice("skip"))
	if err != nil {
		return executor.Executor{}, err
	}
	if c.IsSet("max-retire") && c.Int("max-retire") < 1 || c.IsSet("jobs") && c.Int("jobs") < 1 {
		return executor.Executor{}, exit.Usagef("--max-retire and --jobs: must be 1 or more")
	}
	for i := range w.tasks {
		if c.IsSet("max-retire") {
			w.tasks[i].Policy.MaxRetire = c.Int("max-retire")
		}
	}
	locker, err := w.locker(lockName)
	return executor.Executor{Locker: locker, Wait: w.wait, Limits: w.limits, RetryFor: w.retryFor, MaxTime: w.maxTime, Skip: skip,
		AtDestroys: w.atDestroys, Jobs: c.Int("jobs"), Log: w.log}, err
}

// skipped reads --skip. An interrupted detach is finished even so: until then rows of its window are refused.
func skipped(words []string) ([]lifecycle.Kind, error) {
	var kinds []lifecycle.Kind
	for _, word := range words {
		switch word {
		case "create":
			kinds = append(kinds, lifecycle.Create, lifecycle.Attach)
		case "detach":
			kinds = append(kinds, lifecycle.Detach)
		case "drop":
			kinds = append(kinds, lifecycle.Drop)
		default:
			return nil, exit.Usagef("--skip: %q is not known; there is create, detach, drop", word)
		}
	}
	return kinds, nil
}

// locker is that of the migrator of this name.
func (w work) locker(name string) (lock.Locker, error) {
	scheme, err := lock.ParseScheme(name)
	if err != nil {
		return nil, err
	}
	var tables []string
	for _, t := range w.tasks {
		if scheme.String() == "pg-partsmith" && t.Table.Schema == "" {
			return nil, exit.Usagef("lock pg-partsmith: its keys hang on the schema; write %s with its schema in the document", t.Table)
		}
		tables = append(tables, t.Table.Schema+"."+t.Table.Table)
	}
	return scheme.Locker(tables...), nil
}

// carryOut connects and runs. Everything that went wrong is in what it returns.
func (w work) carryOut(ctx context.Context, e executor.Executor) ran {
	began := time.Now()
	database, conn, err := w.connect(ctx)
	if err != nil {
		return ran{outcome: verdict.Failed, err: err, took: time.Since(began)}
	}
	defer database.Close()
	defer conn.Close()
	progress := w.progress()
	e.Sessions, e.Progress = database, progress.heard
	results, err := e.Run(ctx, conn, w.tasks, w.at)
	progress.clear()
	if err == nil && len(results) > 0 {
		found := w.mismatch(ctx, conn)
		results[0].Plan.Findings = append(results[0].Plan.Findings, found...)
	}
	return ran{results: results, outcome: verdict.Of(results, err), took: time.Since(began), err: err}
}

func (w work) printResults(format string, r ran) error {
	if format == "json" {
		return wire.Write(w.out, wire.Result(r.results, r.outcome, w.clockOf(r.results), r.took, r.err))
	}
	if r.results == nil && r.err != nil {
		return nil
	}
	_, err := io.WriteString(w.out, w.resultPage(r))
	return err
}

func (w work) resultPage(r ran) string {
	page := report.Page{Color: w.color}
	page.Results(r.account())
	return page.String()
}

// account is what is told of a run.
func (r ran) account() report.Run {
	return report.Run{Results: r.results, Err: r.err, Outcome: r.outcome, Took: r.took}
}

// clockOf is the instant of the run: that of its plans.
func (w work) clockOf(results []executor.Result) time.Time {
	for _, r := range results {
		if !r.Plan.At.IsZero() {
			return r.Plan.At
		}
	}
	return w.at
}
