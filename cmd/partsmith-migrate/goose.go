package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/gooseext/goosecli"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func gooseCommand(sh shell) *cli.Command {
	common := slices.DeleteFunc(commonFlags(maintenanceTime(), connectFor(startTime)), func(f cli.Flag) bool {
		return slices.Contains([]string{"table", "env-file"}, f.Names()[0]) // goose's -table is another, and -env is its own
	})
	return &cli.Command{
		Name:      "goose",
		Usage:     "goose's command line, then what apply does",
		ArgsUsage: "[postgres DBSTRING] up|up-by-one|up-to VERSION|down|down-to VERSION|redo|reset|status|version",
		Description: "What goose prints goes to stderr, and what maintenance did after it. Flags stand anywhere, with one dash or two.\n" +
			"After a run upwards, also one with nothing to apply, follows all of apply; after one that failed partitions are created\n" +
			"and nothing is retired; after down, down-to and reset nothing follows. Goose works under the advisory lock that the\n" +
			"document names; where nothing is pending and nothing is due, none is taken. GOOSE_DRIVER, GOOSE_DBSTRING,\n" +
			"GOOSE_MIGRATION_DIR, GOOSE_TABLE and GOOSE_LOCK are read, also from a .env file. For create, fix, validate, init and env\n" +
			"use goose itself.",
		SkipFlagParsing: true,
		Flags: append(append(goosecli.Flags(), common...), skipFlag(),
			&cli.BoolFlag{Name: "strict", Usage: "fail whenever maintenance is incomplete, not only where the runway is short"}),
		Action: func(c *cli.Context) error { return sh.goose(c) },
	}
}

func (sh shell) goose(c *cli.Context) error {
	command := c.Command
	c, args, err := goosecli.Parse(c, command.Flags, c.Args().Slice())
	switch {
	case err != nil:
		return exit.Usagef("goose: %s; `partsmith-migrate goose --help` lists the flags", sh.line.Wrong(err))
	case c.Bool("help"):
		_, err := io.WriteString(sh.out, usage.Help(command))
		return err
	case c.Bool("version"):
		_, err := fmt.Fprintf(sh.out, "goose version: %s\n", goosecli.Version())
		return err
	}
	if err := noSecrets(c, command.Flags); err != nil {
		return err
	}
	call, err := sh.gooseCall(c, args)
	if err != nil {
		return err
	}
	w, err := sh.gooseWork(c, call)
	if err != nil {
		return err
	}
	w.doing = "goose " + call.Command
	beside, err := w.beside(c, w.document.Lock)
	if err != nil {
		return err
	}
	return w.runGoose(c.Context, call, beside)
}

// gooseCall reads everything but the document.
func (sh shell) gooseCall(c *cli.Context, args []string) (goosecli.Call, error) {
	if err := sh.loadEnv(c, c.String("env")); err != nil {
		return goosecli.Call{}, exit.Usagef("goose: %w", err)
	}
	for _, name := range []string{"GOOSE_DRIVER", "GOOSE_MIGRATION_DIR", "GOOSE_TABLE", "GOOSE_LOCK"} {
		if usage.Secret(sh.getenv(name)) {
			return goosecli.Call{}, misplaced(name)
		}
	}
	call, err := goosecli.Read(c, args, sh.lookup, sh.line.Quote)
	if err != nil {
		return goosecli.Call{}, exit.Usagef("goose: %w", err)
	}
	if call.Argument && c.String("database-url") != "" {
		return goosecli.Call{}, exit.Usagef("goose: DBSTRING and --database-url both name the database; give one of them")
	}
	return call, nil
}

// gooseWork reads settings and document. What only looks at versions needs no document where the database is named elsewhere.
func (sh shell) gooseWork(c *cli.Context, call goosecli.Call) (work, error) {
	if call.Command != "status" && call.Command != "version" {
		return sh.begin(c)
	}
	set, err := sh.settings(c)
	if err != nil {
		return work{}, err
	}
	w := work{shell: sh, settings: set, document: &document.Document{}}
	if set.url == "" && call.DBString == "" {
		w.document, err = sh.policies(c, set.files)
	}
	return w, err
}

// runGoose runs goose on the database that is named first: as DBSTRING, by --database-url, in GOOSE_DBSTRING, in the document.
func (w work) runGoose(ctx context.Context, call goosecli.Call, beside plugin.Lifecycle) error {
	if w.url == "" {
		w.url = call.DBString
	}
	database, conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer database.Close()
	_ = conn.Close()                 // there is an answer; whoever works takes a session of its own
	log.SetOutput(w.writer(ofGoose)) // goose's parser knows no other logger (v3.29)
	if w.records != nil {
		log.SetFlags(0) // a record has its time
		call.Plain = true
	}
	run := goosecli.Run{Call: call, Database: database, Maintenance: beside, Log: log.Default()}
	ended := run.Do(ctx)
	if len(ended.Results) > 0 {
		first, own := &ended.Results[0].Plan, []catalog.Name{{Table: goose.DefaultTablename}}
		first.Findings = append(first.Findings, lockMismatch(own, w.document.Lock)...)
	}
	if ended.Results != nil {
		w.tell(ran{results: ended.Results, outcome: verdict.Of(ended.Results, nil), took: ended.Took})
	}
	return w.endingOf(ended)
}

// endingOf is a failed migration's 1 before all else; then a lock that goose did not get; then what maintenance says.
func (w work) endingOf(ended goosecli.Ended) error {
	var incomplete *plugin.IncompleteError
	unfinished := errors.As(ended.Maintenance, &incomplete) // told table by table
	switch {
	case ended.Migration != nil:
		if ended.Maintenance != nil && !unfinished {
			w.complain(ended.Maintenance)
		}
		return &exit.Error{Code: exit.NotAttempted, Err: ended.Lock}
	case ended.Lock != nil:
		return fmt.Errorf("goose %w", ended.Lock)
	case unfinished:
		return &exit.Error{Code: exit.Unfinished}
	}
	return ended.Maintenance
}
