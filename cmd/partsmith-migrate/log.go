package main

import (
	"log/slog"
	"strings"
)

// logger writes to stderr.
func (sh shell) logger(level, format string) (*slog.Logger, error) {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	chosen, ok := levels[strings.ToLower(level)]
	if !ok {
		return nil, usagef("--log-level: %q is not known; there is debug, info, warn, error", level)
	}
	options := &slog.HandlerOptions{Level: chosen}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(sh.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(sh.err, options)), nil
	}
	return nil, usagef("--log-format: %q is not known; there is text, json", format)
}

func listWords(words []string) string { return strings.Join(words, ", ") }
