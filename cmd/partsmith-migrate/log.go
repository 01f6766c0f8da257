package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// logger writes to stderr. Values are masked one by one, so that a line of JSON stays one.
func (sh shell) logger(level, format string) (*slog.Logger, error) {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	chosen, ok := levels[strings.ToLower(level)]
	if !ok {
		return nil, exit.Usagef("--log-level: %q is not known; there is debug, info, warn, error", level)
	}
	options := &slog.HandlerOptions{Level: chosen, ReplaceAttr: redacted}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(sh.raw, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(sh.raw, options)), nil
	}
	return nil, exit.Usagef("--log-format: %q is not known; there is text, json", format)
}

// redacted masks what looks like a password, and writes durations with their unit: in JSON they would be bare nanoseconds.
func redacted(_ []string, a slog.Attr) slog.Attr {
	switch value := a.Value.Any().(type) {
	case time.Duration:
		a.Value = slog.StringValue(value.Round(time.Microsecond).String())
	case string:
		a.Value = slog.StringValue(session.Redact(value))
	case error:
		a.Value = slog.StringValue(session.Redact(value.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny {
			a.Value = slog.StringValue(session.Redact(value.String()))
		}
	}
	return a
}

func listWords(words []string) string { return strings.Join(words, ", ") }
