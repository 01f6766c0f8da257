package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// spoken is the shell with the voice that a command line asks for. With --log-format json everything on stderr is records, one
// a line, also what is wrong with the rest of the line; so this is known before anything is read.
func (sh shell) spoken(args []string) shell {
	if !asksJSON(args) {
		return sh
	}
	sh.records = slog.New(slog.NewJSONHandler(sh.raw, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: redacted}))
	sh.err, sh.live = sh.writer(constant(slog.LevelInfo)), false
	return sh
}

// asksJSON looks for the flag in all its forms. What stands behind two dashes belongs to the command of exec.
func asksJSON(args []string) (asked bool) {
	for i, word := range args {
		if word == "--" {
			return asked
		}
		name, value, given := strings.Cut(word, "=")
		if !given && i+1 < len(args) {
			value = args[i+1]
		}
		if name == "--log-format" || name == "-log-format" {
			asked = value == "json"
		}
	}
	return asked
}

// say writes a line, or the record of one.
func (sh shell) say(level slog.Level, line string) {
	_, _ = fmt.Fprintln(sh.writer(constant(level)), line) // where stderr is gone, nobody reads it
}

// writer makes a record of each message that is written through it; as text it goes to stderr as it is.
func (sh shell) writer(level func(text string) slog.Level) io.Writer {
	if sh.records == nil {
		return sh.err
	}
	return recorder{sh.records, level}
}

func constant(level slog.Level) func(string) slog.Level {
	return func(string) slog.Level { return level }
}

// ofGoose is the level of a line of goose, which knows none: its command says so when it fails.
func ofGoose(text string) slog.Level {
	if strings.HasPrefix(text, "goose run: ") {
		return slog.LevelError
	}
	return slog.LevelInfo
}

type recorder struct {
	log   *slog.Logger
	level func(text string) slog.Level
}

func (r recorder) Write(text []byte) (int, error) {
	if message := strings.TrimPrefix(strings.TrimSpace(string(text)), "partsmith-migrate: "); message != "" {
		r.log.Log(context.Background(), r.level(message), message)
	}
	return len(text), nil
}
