package goosecli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Program is goose's command line inside a program that has Go migrations compiled in. These are registered as for goose's own
// command, with goose.SetGlobalMigrations or goose.AddMigrationContext; embedded SQL files by goose.SetBaseFS.
type Program struct {
	// Maintenance gives the policies. It is called before any command that changes the database, so status and version work
	// without it. Its Executor.Locker is goose's as well; nil: goose's own key, waited for up to 5 minutes.
	Maintenance func() (plugin.Lifecycle, error)

	Open   func(ctx context.Context, dbstring string) (*sql.DB, error) // nil: by pgx; what is left out comes from libpq's PG* variables
	Lookup func(name string) (string, bool)                            // of variables; nil: os.LookupEnv
	Out    io.Writer                                                   // for help and version; nil: os.Stdout
	Err    io.Writer                                                   // for everything else, goose's lines too; nil: os.Stderr
}

// The exit codes of Run.
const (
	Done       = 0 // or nothing to do
	Failed     = 1 // a migration failed, or nothing could be attempted
	Misused    = 2 // the command line, a variable, or a policy
	Busy       = 4 // another session has the lock
	Incomplete = 5 // the migrations went well, and maintenance left inserts too little runway (with plugin.Lifecycle.Strict: anything)
	Unreached  = 7 // no connection
)

// wait is how long the lock is waited for where the program names none.
const wait = 5 * time.Minute

// Run is the command: args are those behind the program's name. It gives the exit code and never ends the process. A process
// calls it once, because goose's package functions know one table and one logger for all of it.
func (p Program) Run(ctx context.Context, args []string) (code int) {
	p = p.filled()
	flags := append(Flags(), &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show this text"},
		&cli.BoolFlag{Name: "no-color", Usage: "no colour (also: $NO_COLOR)"})
	c, rest, err := Parse(cli.NewContext(cli.NewApp(), nil, nil), flags, args)
	switch {
	case err != nil:
		return p.fail(wrong("the flags cannot be read; --help lists them"))
	case c.Bool("help"):
		fmt.Fprint(p.Out, help(flags))
		return Done
	case c.Bool("version"):
		fmt.Fprintf(p.Out, "goose version: %s\n", Version())
		return Done
	}
	if err := LoadEnv(c.String("env"), p.Err); err != nil {
		return p.fail(err)
	}
	call, err := Read(c, rest, p.Lookup, quoteIn(args))
	if err != nil {
		return p.fail(err)
	}
	return p.call(ctx, call)
}

func (p Program) filled() Program {
	if p.Lookup == nil {
		p.Lookup = os.LookupEnv
	}
	if p.Out == nil {
		p.Out = os.Stdout
	}
	if p.Err == nil {
		p.Err = os.Stderr
	}
	if p.Open == nil {
		p.Open = open
	}
	return p
}

// call connects and runs.
func (p Program) call(ctx context.Context, call Call) int {
	maintenance, err := p.maintenance(call)
	if err != nil {
		return p.fail(&UsageError{err.Error()})
	}
	db, err := p.Open(ctx, call.DBString)
	if err != nil {
		return p.fail(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		p.fail(fmt.Errorf("connect: %w", err))
		return Unreached
	}
	log.SetOutput(p.Err) // goose's parser knows no other logger (v3.29)
	run := Run{Call: call, Database: db, Maintenance: maintenance, Log: log.Default()}
	ended := run.Do(ctx)
	for _, r := range ended.Results {
		run.Log.Print("partsmith: " + Summary(r))
	}
	return p.ending(ended)
}

// maintenance is what follows the call.
func (p Program) maintenance(call Call) (plugin.Lifecycle, error) {
	var l plugin.Lifecycle
	if p.Maintenance != nil && call.changes() {
		var err error
		if l, err = p.Maintenance(); err != nil {
			return l, err
		}
	}
	if l.Executor.Locker == nil {
		l.Executor.Locker, l.Executor.Wait = lock.Polling{}, wait
	}
	return l, nil
}

// ending is a failed migration's 1 before all else; then a lock that goose did not get; then what maintenance says.
func (p Program) ending(ended Ended) int {
	switch {
	case ended.Migration != nil:
		return Failed // goose has said it
	case ended.Lock != nil:
		p.fail(errors.Join(ended.Lock, ended.Maintenance))
		return exit.Code(ended.Lock)
	case ended.Maintenance != nil:
		return p.fail(ended.Maintenance)
	}
	return Done
}

// fail says an error and gives its code.
func (p Program) fail(err error) int {
	fmt.Fprintf(p.Err, "goose: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	return exit.Code(err, exit.For[*UsageError](Misused))
}

// open repeats nothing of the connection string, of which any part may be the password.
func open(_ context.Context, dbstring string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dbstring)
	if err != nil {
		return nil, wrong("the connection string cannot be read: it is neither a URL, postgres://..., nor key=value pairs")
	}
	return stdlib.OpenDB(*config), nil
}

// quoteIn repeats a word of a command line only where no word of it may belong to a connection string.
func quoteIn(args []string) func(string) string {
	return func(word string) string {
		if strings.ContainsAny(strings.Join(args, " ")+word, "@=:/") {
			return "(not shown, it may belong to a connection string)"
		}
		return strconv.Quote(word)
	}
}
