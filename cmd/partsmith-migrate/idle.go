package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// waiting are the flags of apply that mean nothing where nothing is changed.
func waiting() []string { return []string{"wait", "retry-for", "max-time"} }

// acting are those and what shows in a plan at most.
func acting() []string {
	return append(waiting(), "at-destroys", "ddl-lock-timeout", "max-stall", "patience")
}

// idle hides flags that a command accepts as apply does, and that mean nothing to it.
func idle(names []string, flags []cli.Flag) []cli.Flag {
	for _, f := range flags {
		if !slices.Contains(names, f.Names()[0]) {
			continue
		}
		switch f := f.(type) {
		case *cli.DurationFlag:
			f.Hidden = true
		case *cli.BoolFlag:
			f.Hidden = true
		}
	}
	return flags
}

// idleWords tell of them in the help.
func idleWords(names []string) string {
	last := len(names) - 1
	return "--" + strings.Join(names[:last], ", --") + " and --" + names[last] + " are accepted as apply does, and mean nothing here."
}
