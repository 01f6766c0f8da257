package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/urfave/cli/v2"
)

// Every command is guarded, also those inside others: a panic is a sentence and 1, never a stack and 2.
func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"plan"}, {"atlas", "plan"}, {"goose", "up"}, {}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var out, said bytes.Buffer
			app := newApp(shell{out: &out, err: &said, lookup: func(string) (string, bool) {
				var none map[string][]string
				return none["x"][3], true // what a command meets first
			}})
			sh := shell{err: &said}
			code := sh.finish(t.Context(), sh.running(t.Context(), app, append([]string{"partsmith-migrate"}, args...)))
			if len(args) == 0 {
				is.Equal(code, 2) // no command, no panic
				return
			}
			is.Equal(code, 1)
			is.True(strings.HasPrefix(said.String(), "partsmith-migrate: "+args[0]))
			is.True(strings.Contains(said.String(), "was ended by a fault of this program in "))
			is.True(strings.Contains(said.String(), "(fault_test.go:"))
			is.True(strings.Contains(said.String(), "index out of range [3] with length 0"))
			is.Equal(strings.Count(said.String(), "\n"), 1)
		})
	}
}

// What goes wrong outside any command is caught as well.
func TestAPanicBesideCommands(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var said bytes.Buffer
	sh := shell{err: &said}
	app := newApp(sh)
	app.Before = func(*cli.Context) error { var c *cli.Context; return c.Err() }
	is.Equal(sh.finish(t.Context(), sh.running(t.Context(), app, []string{"partsmith-migrate", "version"})), 1)
	is.True(strings.Contains(said.String(), "partsmith-migrate: partsmith-migrate was ended by a fault"))
}
