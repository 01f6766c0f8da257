package main

import (
	"log/slog"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// commonFlags are those of every command that reads a document, behind its own. What --max-time means depends on the command, and
// so does how long --connect-for is where nothing is said.
func commonFlags(maxTime, connect cli.Flag, own ...cli.Flag) []cli.Flag {
	return append(append(own,
		&cli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: "policy `FILE`; may be repeated (default: $PARTSMITH_CONFIG, else partsmith.yaml)"},
		&cli.StringFlag{Name: "env-file", Usage: "read variables from `FILE`; the word none: from no file (default: .env of this folder, then that beside the document)"},
		&cli.StringFlag{Name: "database-url", Usage: "`URL` of the database (default: `database` of the document, else libpq's PG* variables)"},
		connect,
		&cli.StringSliceFlag{Name: "table", Usage: "only this `TABLE` of the document; may be repeated"},
		&cli.StringFlag{Name: "at", Usage: "take this `INSTANT` (RFC 3339, with an offset) for now, instead of the server's clock"},
		&cli.BoolFlag{Name: "at-destroys", Usage: "detach and drop also when --at is later than the server's clock"},
		&cli.DurationFlag{Name: "wait", Value: 5 * time.Minute, DefaultText: "5m", Usage: "`TIME` to wait for the migrator's lock; 0 tries once"},
		&cli.DurationFlag{Name: "ddl-lock-timeout", Value: 100 * time.Millisecond, DefaultText: "100ms", Usage: "lock_timeout of each statement: the `TIME` that others may have to queue behind it"},
		&cli.DurationFlag{Name: "max-stall", Value: 250 * time.Millisecond, DefaultText: "250ms", Usage: "`TIME` to which --ddl-lock-timeout climbs, try by try, for a plain DETACH beside a DEFAULT partition"},
		&cli.DurationFlag{Name: "patience", Value: 10 * time.Second, DefaultText: "10s", Usage: "`TIME` to wait for older transactions where nobody queues behind us: a concurrent DETACH, a FINALIZE"},
		&cli.DurationFlag{Name: "retry-for", Value: 30 * time.Second, DefaultText: "30s", Usage: "`TIME` for which a step is tried again while others hold what it needs; 0 tries once"},
		maxTime,
		&cli.BoolFlag{Name: "no-color", Usage: "no colour, even on a terminal (also: $NO_COLOR)"},
	), logFlags()...)
}

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log-level", Value: "warn", Usage: "`LEVEL`: debug, info, warn or error"},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: "`FORMAT` of stderr: text, or json for a record on every line"},
	}
}

// connectFor is --connect-for, with the time for which a command waits where nothing is said.
func connectFor(patience time.Duration) cli.Flag {
	shown := "0"
	if patience > 0 {
		shown = patience.String()
	}
	return &cli.DurationFlag{Name: "connect-for", Value: patience, DefaultText: shown,
		Usage: "`TIME` to wait for a server that is not up yet (nothing listens, its name is unknown, it is starting); 0 tries once"}
}

// startTime is how long migrators wait for a server: a deploy may begin together with its database.
const startTime = 30 * time.Second

// runTime is --max-time of a run by itself.
func runTime() cli.Flag {
	return &cli.DurationFlag{Name: "max-time", DefaultText: "no end", Usage: "`TIME` after which the run ends; creation comes first, so it is retirement that is left out"}
}

// maintenanceTime is --max-time where a migration comes first: the plug-in has an end of its own.
func maintenanceTime() cli.Flag {
	return &cli.DurationFlag{Name: "max-time", DefaultText: "2m; 0: no end", Usage: "`TIME` after which maintenance ends; creation comes first, so it is retirement that is left out"}
}

func formatFlag(formats string) cli.Flag {
	return &cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: " + formats}
}

// settings is what the flags say.
type settings struct {
	files      []string
	url        string
	tables     []string
	at         time.Time // zero: the server's now
	atDestroys bool
	wait       time.Duration
	retryFor   time.Duration
	maxTime    time.Duration
	connectFor time.Duration
	limits     lifecycle.Limits
	log        *slog.Logger
	color      bool
}

// settings reads the common flags. Variables of the environment stand behind flags that were given.
func (sh shell) settings(c *cli.Context) (settings, error) {
	s := settings{files: sh.documents(c), url: c.String("database-url"), tables: c.StringSlice("table"),
		atDestroys: c.Bool("at-destroys"), wait: c.Duration("wait"), retryFor: c.Duration("retry-for"), maxTime: c.Duration("max-time"), connectFor: c.Duration("connect-for"),
		limits: lifecycle.Limits{Lock: c.Duration("ddl-lock-timeout"), MaxStall: c.Duration("max-stall"), Patience: c.Duration("patience")},
		color:  sh.painted && !c.Bool("no-color") && sh.getenv("NO_COLOR") == "" && sh.getenv("TERM") != "dumb"}
	if len(c.StringSlice("file")) == 0 && usage.Secret(sh.getenv("PARTSMITH_CONFIG")) {
		return settings{}, misplaced("PARTSMITH_CONFIG")
	}
	if err := s.readAt(c.String("at")); err != nil {
		return settings{}, err
	}
	if err := s.checkTimes(); err != nil {
		return settings{}, err
	}
	var err error
	s.log, err = sh.logger(c.String("log-level"), c.String("log-format"))
	return s, err
}

// documents are the policy files that are named, else the usual one.
func (sh shell) documents(c *cli.Context) []string {
	if files := c.StringSlice("file"); len(files) > 0 {
		return files
	}
	if files := filepath.SplitList(sh.getenv("PARTSMITH_CONFIG")); len(files) > 0 {
		return files
	}
	return []string{"partsmith.yaml"}
}

func (s *settings) readAt(text string) error {
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return exit.Usagef("--at: write an instant with its offset, such as 2026-11-20T00:00:00Z or 2026-11-20T00:00:00+01:00, not %q", text)
	}
	s.at = at
	return nil
}

func (s *settings) checkTimes() error {
	for _, t := range []struct {
		flag  string
		value time.Duration
		least time.Duration
	}{{"wait", s.wait, 0}, {"retry-for", s.retryFor, 0}, {"max-time", s.maxTime, 0}, {"connect-for", s.connectFor, 0}, {"ddl-lock-timeout", s.limits.Lock, time.Millisecond},
		{"max-stall", s.limits.MaxStall, time.Millisecond}, {"patience", s.limits.Patience, time.Millisecond}} {
		switch {
		case t.value < 0:
			return exit.Usagef("--%s: must not be negative, %s", t.flag, t.value)
		case t.value < t.least:
			return exit.Usagef("--%s: must be a millisecond at least, %s", t.flag, t.value)
		}
	}
	if s.retryFor == 0 {
		s.retryFor = -1 // executor.Executor takes zero for its default
	}
	return nil
}

// oneOf reads a flag that knows a few words.
func oneOf(c *cli.Context, flag string, words ...string) (string, error) {
	value := c.String(flag)
	for _, word := range words {
		if value == word {
			return value, nil
		}
	}
	return "", exit.Usagef("--%s: %q is not known; there is %s", flag, value, listWords(words))
}
