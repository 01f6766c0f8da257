package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/demo"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func demoCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "show three months of runs in seconds, on a throw-away server; needs no configuration",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "no-color", Usage: "no colour, even on a terminal (also: $NO_COLOR)"}},
		Action: func(c *cli.Context) error {
			if err := sh.noArguments(c); err != nil {
				return err
			}
			return sh.demo(c)
		},
	}
}

// demo starts a server and lets the commands of this very program run on it.
func (sh shell) demo(c *cli.Context) error {
	server, err := pgtest.Start(c.Context, pgtest.Options{})
	if errors.Is(err, pgtest.ErrNoServer) {
		return fmt.Errorf("%w; install a PostgreSQL server package, or name the folder of its programs in PARTSMITH_PG_BIN", err)
	}
	if err != nil {
		return err
	}
	defer server.Stop()
	show := demo.Show{Out: sh.out, URL: server.URL, Version: server.Installation.Version, Start: nextMonth(time.Now().UTC()),
		Run: func(env map[string]string, quiet bool, args ...string) int {
			inner := sh
			inner.painted = sh.painted && !c.Bool("no-color") && sh.getenv("NO_COLOR") == ""
			inner.live, inner.nested = false, true
			if quiet {
				inner.out = discard{}
			}
			inner.lookup = func(name string) (string, bool) {
				value, ok := env[name]
				return value, ok
			}
			return run(c.Context, append([]string{"partsmith-migrate"}, args...), inner)
		}}
	return show.Play(c.Context)
}

// discard swallows the results of runs that are not shown.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// nextMonth is the first day of the month after t's.
func nextMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}
