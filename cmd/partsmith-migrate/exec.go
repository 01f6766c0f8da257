package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// afterMigration bounds maintenance behind a migration: a deploy must not wait for it without end.
const afterMigration = 2 * time.Minute

func execCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:      "exec",
		Usage:     "run a migrator, then do what apply does",
		ArgsUsage: "-- COMMAND [ARGUMENTS]",
		Description: "No lock is held while the command runs, and signals are passed on to it. After a command that succeeded follows all of\n" +
			"apply; after one that failed partitions are created, nothing is retired, and its exit code stands.\n" +
			"The lock must be named, in the document or by --lock: that of the migrator that the command runs.",
		Flags: commonFlags(skipFlag(),
			&cli.StringFlag{Name: "lock", Usage: "whose `LOCK` to take: goose, atlas, golang-migrate, tern, name:TEXT, id:NUMBER, none, ..."},
			&cli.BoolFlag{Name: "strict", Usage: "fail whenever maintenance is incomplete, not only where the runway is short"}),
		Action: func(c *cli.Context) error { return sh.exec(c) },
	}
}

func (sh shell) exec(c *cli.Context) error {
	if !c.Args().Present() {
		return usagef("exec: no command given; write it behind two dashes: partsmith-migrate exec -- goose up")
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	executor, err := w.besideMigrator(c)
	if err != nil {
		return err
	}
	code, err := w.runCommand(c.Args().Slice())
	switch {
	case err != nil:
		return err
	case code != 0:
		executor.Cut = lifecycle.Plan.Creation
		w.tell(w.carryOut(c.Context, executor))
		return &exit{code: code, final: true}
	case c.Context.Err() != nil:
		return context.Cause(c.Context)
	}
	r := w.carryOut(c.Context, executor)
	w.tell(r)
	return r.beside(c.Bool("strict"))
}

// besideMigrator is an executor for runs that follow a migration: it waits for no lock where only retirement is due.
func (w *work) besideMigrator(c *cli.Context) (lifecycle.Executor, error) {
	name := c.String("lock")
	if name == "" {
		name = w.document.Lock
	}
	if name == "" || c.String("lock") == "" && !w.document.LockNamed {
		return lifecycle.Executor{}, usagef("exec: whose lock? Write `lock:` into the document or give --lock, for example --lock goose")
	}
	w.document.Lock = name
	skip, err := skipped(c.StringSlice("skip"))
	if err != nil {
		return lifecycle.Executor{}, err
	}
	locker, err := w.locker(name)
	executor := lifecycle.Executor{Locker: locker, Limits: w.limits, RetryFor: w.retryFor, MaxTime: w.maxTime, Skip: skip,
		AtDestroys: w.atDestroys, SkipBusyRetirement: true, Log: w.log}
	if !c.IsSet("max-time") {
		executor.MaxTime = afterMigration
	}
	if !w.document.Retire {
		executor.Cut = lifecycle.Plan.Creation
	}
	return executor, err
}

// runCommand runs the command and gives its exit code. The error is that it could not be started.
func (w work) runCommand(args []string) (int, error) {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = w.in, w.out, w.raw
	var stopped os.Signal
	back := w.signals.pass(func(arrived os.Signal) {
		stopped = arrived
		if command.Process != nil && !(arrived == os.Interrupt && w.shared) {
			_ = command.Process.Signal(arrived) // one that has ended already needs none
		}
	})
	err := command.Start()
	if err == nil {
		err = command.Wait()
	}
	back()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		return exitCode(ended), nil
	case err != nil:
		return 0, &exit{code: verdict.NotAttempted, err: fmt.Errorf("run %s: %w", args[0], err)}
	}
	if stopped != nil {
		w.signals.handle(stopped)
	}
	return 0, nil
}

// tell says on stderr what maintenance did: stdout belongs to the command.
func (w work) tell(r ran) {
	w.color = false
	if r.results != nil {
		_, _ = io.WriteString(w.err, w.resultPage(r))
	}
	if r.err != nil {
		w.complain(r.err)
	}
}

// beside is the end of a run beside a migrator. What is incomplete fails it only where rows would soon find no partition, so
// that no deploy fails that the migrator alone would pass.
func (r ran) beside(strict bool) error {
	code := r.outcome.Code()
	if r.outcome == verdict.Failed {
		code = codeOf(r.err)
	}
	if code == verdict.Done || !strict && r.results != nil && !r.short() {
		return nil
	}
	return &exit{code: code}
}

// short tells whether a table was left with less runway than its policy asks for at least.
func (r ran) short() bool {
	for _, result := range r.results {
		if !result.OK() && !result.Plan.RunwayAfter(result.Done).Enough() {
			return true
		}
	}
	return false
}
