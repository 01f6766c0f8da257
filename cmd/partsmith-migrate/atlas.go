package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/atlascli"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func atlasCommand(sh shell) *cli.Command {
	apply := &cli.Command{Name: "apply", Usage: "change the schema as desired, create partitions, retire those that have expired",
		Description: "The policies stand in `lifecycle` blocks of HCL files, or in partsmith.yaml. The plan is shown first; then the schema changes\n" +
			"in one transaction, partitions are created, both under Atlas's lock, and at last expired ones are retired.",
		Flags: append(atlascli.ApplyFlags(), atlasFlags(maintenanceTime())...), Action: func(c *cli.Context) error { return sh.atlasApply(c) }}
	plan := &cli.Command{Name: "plan", Usage: "show what apply would do; takes no lock and changes nothing",
		Description: idleWords(atlasWaiting()),
		Flags:       append([]cli.Flag{&cli.BoolFlag{Name: "check", Usage: "exit with 3 if anything is pending"}}, idle(atlasWaiting(), atlasFlags(maintenanceTime()))...), Action: func(c *cli.Context) error { return sh.atlasPlan(c) }}
	excludes := &cli.Command{Name: "excludes", Usage: "print what the stock `atlas schema apply` must be told by --exclude",
		Flags: append(append(atlascli.ExcludesFlags(), connectFor(startTime)), logFlags()...), Action: func(c *cli.Context) error { return sh.atlasExcludes(c) }}
	command := &cli.Command{Name: "atlas", Usage: "declarative Atlas with partitions: apply, plan, excludes", ArgsUsage: "apply|plan|excludes [FLAGS]",
		Description: "apply     " + apply.Usage + "\nplan      " + plan.Usage + "\nexcludes  " + excludes.Usage,
		Subcommands: []*cli.Command{apply, plan, excludes}, Action: sh.noAtlasCommand}
	for _, c := range command.Subcommands {
		c.HelpName = "partsmith-migrate atlas " + c.Name
	}
	return command
}

// atlasWaiting is waiting, by the names that Atlas has.
func atlasWaiting() []string { return []string{"lock-timeout", "retry-for", "max-time"} }

// atlasFlags are those of apply and plan.
func atlasFlags(maxTime cli.Flag) []cli.Flag {
	return append(atlascli.Flags(), slices.DeleteFunc(commonFlags(maxTime, connectFor(startTime), skipFlag()), func(f cli.Flag) bool {
		return slices.Contains([]string{"table", "database-url", "wait"}, f.Names()[0]) // they have Atlas's names here
	})...)
}

func (sh shell) noAtlasCommand(c *cli.Context) error {
	if c.Args().Present() {
		return exit.Usagef("atlas: %s is not known; there is apply, plan, excludes (for versioned migrations: partsmith-migrate exec -- atlas migrate apply)", sh.line.Quote(c.Args().First()))
	}
	return exit.Usagef("atlas: no command given; there is apply, plan, excludes")
}

// deploy is a run of Atlas that is asked for.
type deploy struct {
	work
	call   atlascli.Call
	format atlascli.Format
	runner atlasext.Runner
	began  time.Time
}

// deploy reads flags, project file and document, and nothing else.
func (sh shell) deploy(c *cli.Context) (deploy, error) {
	if err := cmp.Or(atlascli.CheckAllowed(c), sh.noArguments(c)); err != nil {
		return deploy{}, err
	}
	d := deploy{work: work{shell: sh, doing: nameOf(c.Command)}, began: time.Now()}
	var err error
	if d.settings, err = sh.settings(c); err != nil {
		return d, err
	}
	if d.call, err = atlascli.Read(c, sh.lookup); err != nil {
		return d, err
	}
	if d.format, err = atlascli.ReadFormat(d.call.Format); err != nil {
		return d, err
	}
	if err = d.call.Desires(); err != nil {
		return d, err
	}
	if d.document, err = sh.policies(c, d.files); err != nil {
		return d, err
	}
	if err = d.locate(); err != nil {
		return d, err
	}
	return d, d.setUp(c)
}

// policies is the document, which may be missing where none was named and none is needed.
func (sh shell) policies(c *cli.Context, files []string) (*document.Document, error) {
	if len(c.StringSlice("file")) == 0 && sh.getenv("PARTSMITH_CONFIG") == "" {
		if _, err := os.Stat(files[0]); errors.Is(err, fs.ErrNotExist) {
			return &document.Document{}, nil
		}
	}
	return document.Read(sh.lookup, files...)
}

// locate finds the database, in the document where the command line names none.
func (d *deploy) locate() error {
	if d.call.URL != "" {
		return d.call.Connect("")
	}
	url, err := d.document.DatabaseURL()
	if err != nil {
		return err
	}
	return d.call.Connect(url)
}

// setUp makes the runner.
func (d *deploy) setUp(c *cli.Context) error {
	skip, err := skipped(c.StringSlice("skip"))
	if err != nil {
		return err
	}
	if d.document.Lock != "" && !d.call.LockNamed {
		if err := d.call.TakeLock(d.document.Lock); err != nil {
			return err
		}
	}
	d.runner = d.call.Runner()
	d.runner.Tasks, d.runner.At, d.runner.CreateOnly, d.runner.Log = d.document.Tasks(), d.at, d.document.CreateOnly, d.log
	d.runner.RetryFor = d.retryFor
	if c.IsSet("ddl-lock-timeout") {
		d.runner.LockTimeout = d.limits.Lock
	}
	if c.IsSet("max-time") && d.maxTime == 0 {
		d.maxTime = -1 // the plug-in takes zero for its two minutes
	}
	d.runner.Executor = executor.Executor{Limits: d.limits, RetryFor: d.retryFor, MaxTime: d.maxTime, Skip: skip, AtDestroys: d.atDestroys, Log: d.log}
	return nil
}

func (sh shell) atlasExcludes(c *cli.Context) error {
	if err := sh.noArguments(c); err != nil {
		return err
	}
	format, err := oneOf(c, "format", "line", "lines", "hcl", "json")
	if err != nil {
		return err
	}
	d := deploy{work: work{shell: sh, document: &document.Document{}, doing: nameOf(c.Command)}}
	d.connectFor = c.Duration("connect-for")
	if d.log, err = sh.logger(c.String("log-level"), c.String("log-format")); err != nil {
		return err
	}
	if d.call, err = atlascli.Read(c, sh.lookup); err != nil {
		return err
	}
	if err := d.call.Connect(""); err != nil {
		return err
	}
	d.url = d.call.URL
	database, conn, err := d.connect(c.Context)
	if err != nil {
		return err
	}
	defer database.Close()
	defer conn.Close()
	patterns, err := atlasext.Excludes(c.Context, conn, atlasext.DriverOptions{Schema: d.call.Scope})
	switch {
	case err != nil:
		return err
	case format == "json":
		return wire.Write(sh.out, append([]string{}, patterns...))
	case format == "hcl":
		_, err = io.WriteString(sh.out, atlascli.ExcludesHCL(patterns))
	case format == "lines":
		_, err = io.WriteString(sh.out, atlascli.ExcludesLines(patterns))
	default:
		_, err = io.WriteString(sh.out, atlascli.ExcludesLine(patterns))
	}
	return err
}

// refusal tells what guards have refused, each on a line of its own. What creation met was told table by table.
func (sh shell) refusal(refused *atlasext.RefusedError) error {
	sh.say(slog.LevelError, "partsmith-migrate: refused, the schema was not changed")
	for _, g := range refused.Guards {
		sh.say(slog.LevelError, "partsmith-migrate: "+g.Error())
	}
	var told *plugin.IncompleteError
	if refused.Creation != nil && !errors.As(refused.Creation, &told) {
		sh.complain(refused.Creation)
	}
	return &exit.Error{Code: exit.Refused}
}

// outcomeOf is that of the run as a whole; what a guard or the schema phase says counts before all else.
func outcomeOf(report *atlasext.Report, err error) verdict.Outcome {
	var change *atlasext.ChangeError
	var busy *lock.BusyError
	switch {
	case errors.As(err, &change):
		return verdict.Failed
	case report == nil && errors.As(err, &busy):
		return verdict.Locked
	case report == nil:
		return verdict.Failed
	}
	return verdict.Of(report.Results, err)
}
