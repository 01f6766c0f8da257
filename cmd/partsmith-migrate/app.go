package main

import (
	"context"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// run is the whole program. It never ends the process itself.
func run(ctx context.Context, args []string, sh shell) int {
	sh.line = args
	sh = sh.spoken(args)
	return sh.finish(ctx, sh.running(ctx, newApp(sh), args))
}

// running lets no panic through, in a command or beside it.
func (sh shell) running(ctx context.Context, app *cli.App, args []string) error {
	return withoutPanic(app.Name, func() error { return app.RunContext(ctx, args) })
}

// newApp turns off what the library does by itself and scripts could not rely on: a command help, which would eat
// `exec -- help`; a version flag; the splitting of values at commas, which names may hold; leaving the process.
func newApp(sh shell) *cli.App {
	app := &cli.App{
		Name: "partsmith-migrate", HelpName: "partsmith-migrate",
		Usage:     "create the partitions that the next days need, retire those past their retention",
		UsageText: "partsmith-migrate COMMAND [FLAGS]",
		Description: "The policies stand in partsmith.yaml; flags stand after the command.\n" +
			"`partsmith-migrate COMMAND --help` explains one command, `partsmith-migrate demo` shows all of it.",
		Writer: sh.out, ErrWriter: sh.err,
		HideHelp: true, HideHelpCommand: true, HideVersion: true, DisableSliceFlagSeparator: true,
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   sh.rootUsage,
		Action:         sh.noCommand,
		Flags:          []cli.Flag{helpFlag()},
		Commands: []*cli.Command{validateCommand(sh), planCommand(sh), applyCommand(sh), statusCommand(sh),
			gooseCommand(sh), atlasCommand(sh), execCommand(sh), demoCommand(sh), versionCommand(sh)},
	}
	sh.settle(app.Commands)
	return app
}

func (sh shell) settle(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelp, c.HideHelpCommand, c.OnUsageError = true, true, sh.commandUsage
		c.Flags = append(c.Flags, helpFlag())
		c.CustomHelpTemplate = usage.Help(c)
		c.Action = guarded(nameOf(c), attentive(c.Flags, sh.informed(c, c.Action)))
		sh.settle(c.Subcommands)
	}
}

// nameOf is what stands on the command line: apply, or atlas apply.
func nameOf(c *cli.Command) string {
	if c.HelpName == "" {
		return c.Name
	}
	return strings.TrimPrefix(c.HelpName, "partsmith-migrate ")
}

func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show this text", DisableDefaultText: true}
}

// noCommand answers a command line without a known command.
func (sh shell) noCommand(c *cli.Context) error {
	if c.Args().Present() {
		return exit.Usagef("unknown command %s; `partsmith-migrate --help` lists the commands", sh.line.Quote(c.Args().First()))
	}
	return exit.Usagef("no command given; `partsmith-migrate --help` lists the commands")
}

func (sh shell) rootUsage(_ *cli.Context, err error, _ bool) error {
	return exit.Usagef("%s; flags stand after the command", sh.line.Wrong(err))
}

func (sh shell) commandUsage(c *cli.Context, err error, _ bool) error {
	name := nameOf(c.Command)
	return exit.Usagef("%s: %s; `partsmith-migrate %s --help` lists the flags", name, sh.line.Wrong(err), name)
}

// noArguments refuses what stands behind the flags: the library would drop every flag after it without a word.
func (sh shell) noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return exit.Usagef("%s: unexpected argument %s; there are only flags", c.Command.Name, sh.line.Quote(c.Args().First()))
	}
	return nil
}
