package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func execCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:      "exec",
		Usage:     "run a migrator, then do what apply does",
		ArgsUsage: "-- COMMAND [ARGUMENTS]",
		Description: "A server that is not up yet is waited for before the command runs. No lock is held meanwhile, and signals are passed on to\n" +
			"the command. After one that succeeded follows all of apply; after one that failed partitions are created, nothing is\n" +
			"retired, and its exit code stands.\n" +
			"Maintenance ends after two minutes unless --max-time says otherwise; it is reported on stderr.\n" +
			"The lock must be named, in the document or by --lock: that of the migrator that the command runs.",
		Flags: commonFlags(maintenanceTime(), connectFor(startTime), skipFlag(),
			&cli.StringFlag{Name: "lock", Usage: "whose `LOCK` to take: goose, atlas, golang-migrate, tern, name:TEXT, id:NUMBER, none, ..."},
			&cli.BoolFlag{Name: "strict", Usage: "fail whenever maintenance is incomplete, not only where the runway is short"}),
		Action: func(c *cli.Context) error { return sh.exec(c) },
	}
}

func (sh shell) exec(c *cli.Context) error {
	if !c.Args().Present() {
		return exit.Usagef("exec: no command given; write it behind two dashes: partsmith-migrate exec -- goose up")
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	beside, err := w.besideMigrator(c)
	if err != nil {
		return err
	}
	return w.execAround(c.Context, beside, c.Args().Slice())
}

// execAround runs the command with maintenance around it. A failing command's code wins.
func (w work) execAround(ctx context.Context, beside plugin.Lifecycle, args []string) error {
	sessions := &late{connect: func(ctx context.Context) (*sql.DB, *sql.Conn, error) { return w.connect(ctx) }}
	beside.Sessions = sessions
	var command error
	results, err := plugin.Around(ctx, beside, plugin.Run{Migrator: args[0]}, func(ctx context.Context) plugin.Outcome {
		if command = w.await(ctx); command == nil {
			command = w.runCommand(ctx, args)
		}
		return plugin.Outcome{Err: command}
	})
	if sessions.database != nil {
		_ = sessions.database.Close() // everything was said already
	}
	if sessions.database != nil && results != nil {
		w.tell(ran{results: results, outcome: verdict.Of(results, nil), took: time.Since(sessions.since)})
	}
	return ending(command, err)
}

// await waits, before the command runs, for a server that is not up yet: few migrators do. What else is wrong shows after it.
func (w *work) await(ctx context.Context) error {
	if w.connectFor <= 0 {
		return nil
	}
	database, conn, err := w.connect(ctx)
	if err == nil {
		_, _ = conn.Close(), database.Close() // the command has the server for itself
	}
	if failed := (*session.ConnectError)(nil); errors.As(err, &failed) && failed.NotUp {
		w.connectFor = 0 // once is enough
	}
	return context.Cause(ctx)
}

// ending is the command's own code where it has failed. What maintenance could not do was told table by table.
func ending(command, err error) error {
	var failed *exit.Error
	var incomplete *plugin.IncompleteError
	switch {
	case errors.As(command, &failed):
		return &exit.Error{Code: failed.Code, Final: failed.Final, Err: beyond(command, err)}
	case errors.As(err, &incomplete):
		return &exit.Error{Code: exit.Unfinished}
	}
	return err
}

// beyond is what is to be said when the command has failed: nothing about a command that has said it itself.
func beyond(command, err error) error {
	var failed *exit.Error
	if errors.As(command, &failed) && failed.Err != nil {
		return failed.Err
	}
	var connect *session.ConnectError
	if errors.As(err, &connect) {
		return connect
	}
	return nil
}

// besideMigrator is beside with the lock that exec must be told.
func (w *work) besideMigrator(c *cli.Context) (plugin.Lifecycle, error) {
	name := cmp.Or(c.String("lock"), w.document.Lock)
	if name == "" {
		return plugin.Lifecycle{}, exit.Usagef("exec: whose lock? Write `lock:` into the document or give --lock, for example --lock goose")
	}
	return w.beside(c, name)
}

// beside is the plug-in for runs that follow a migration, under the lock of this name.
func (w *work) beside(c *cli.Context, name string) (plugin.Lifecycle, error) {
	if c.IsSet("max-time") && w.maxTime == 0 {
		w.maxTime = -1 // the plug-in takes zero for its two minutes
	}
	e, err := w.executor(c, name)
	if !c.IsSet("log-level") && (!c.IsSet("log-format") || w.records != nil) {
		e.Log = nil // what the log would warn of is told anyway
	}
	return plugin.Lifecycle{Tasks: w.tasks, At: w.at, CreateOnly: w.document.CreateOnly, Strict: c.Bool("strict"), Executor: e}, err
}

// runCommand runs the command. Its failure is an exit with its code; one that could not be started has something to say.
func (w work) runCommand(ctx context.Context, args []string) error {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = w.in, w.out, w.raw
	var stopped os.Signal
	back, err := w.signals.Pass(command.Start, func(arrived os.Signal) {
		stopped = arrived
		if !(arrived == os.Interrupt && w.shared) {
			_ = command.Process.Signal(arrived) // one that has ended already needs none
		}
	})
	if err == nil {
		err = command.Wait()
		back()
	}
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		return &exit.Error{Code: interrupt.ExitCode(ended), Final: true}
	case err != nil:
		return &exit.Error{Code: exit.NotAttempted, Err: fmt.Errorf("run %s: %w", w.line.Quote(args[0]), reason(err))}
	case stopped != nil:
		w.signals.Handle(stopped)
		return context.Cause(ctx)
	}
	return nil
}

// reason is why a command could not be started, without its name.
func reason(err error) error {
	var missing *exec.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &missing):
		return missing.Err
	case errors.As(err, &path):
		return path.Err
	}
	return err
}

// tell says on stderr what maintenance did: stdout belongs to the command.
func (w work) tell(r ran) {
	if w.records != nil {
		r.account().Log(context.Background(), w.records)
		return
	}
	w.color = false
	_, _ = io.WriteString(w.err, w.resultPage(r)) // where stderr is gone, nobody reads it
}
