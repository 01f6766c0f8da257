package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// attentive refuses, before a command begins, a connection string in a flag that is for something else: what goes on from there
// would repeat it.
func attentive(flags []cli.Flag, action cli.ActionFunc) cli.ActionFunc {
	if action == nil {
		return nil
	}
	return func(c *cli.Context) error {
		if err := noSecrets(c, flags); err != nil {
			return err
		}
		return action(c)
	}
}

// noSecrets leaves out the flags that are for URLs: what reads those shows none.
func noSecrets(c *cli.Context, flags []cli.Flag) error {
	for _, f := range flags {
		name := f.Names()[0]
		if slices.Contains([]string{"database-url", "url", "dev-url", "to", "config", "var"}, name) {
			continue
		}
		var values []string
		switch f.(type) {
		case *cli.StringFlag:
			values = []string{c.String(name)}
		case *cli.StringSliceFlag:
			values = c.StringSlice(name)
		}
		if slices.ContainsFunc(values, usage.Secret) {
			return misplaced("--" + name)
		}
	}
	return nil
}

func misplaced(where string) error {
	return exit.Usagef("%s: this may be a connection string, so it is not shown; one belongs to --database-url, or into the document", where)
}
