package main

import (
	"log/slog"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
	"github.com/partsmith/partsmith-migrate/gooseext/goosecli"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// informed reads .env files before a command that reads the document begins. Goose's command does it by itself, since its
// flags are not read yet.
func (sh shell) informed(command *cli.Command, action cli.ActionFunc) cli.ActionFunc {
	named := func(f cli.Flag) bool { return f.Names()[0] == "env-file" }
	if command.SkipFlagParsing || !slices.ContainsFunc(command.Flags, named) {
		return action
	}
	return func(c *cli.Context) error {
		if err := sh.loadEnv(c, c.String("env-file")); err != nil {
			return exit.Usagef("--env-file: %w", err)
		}
		return action(c)
	}
}

// loadEnv reads the file that is named, or by goose's rules the .env of the working folder; then that beside each document.
// What the environment has already is not replaced, so what is read first counts.
func (sh shell) loadEnv(c *cli.Context, file string) error {
	if sh.nested { // its variables are given
		return nil
	}
	warnings := sh.writer(constant(slog.LevelWarn))
	if err := goosecli.LoadEnv(file, warnings); err != nil || file != "" {
		return err
	}
	read := []string{"."}
	for _, document := range sh.documents(c) {
		folder := filepath.Dir(document)
		if !slices.Contains(read, folder) && !usage.Secret(document) {
			goosecli.LoadEnvIn(folder, warnings)
			read = append(read, folder)
		}
	}
	return nil
}
