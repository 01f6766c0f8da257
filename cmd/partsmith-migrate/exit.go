package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/atlascli"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// exit ends the program with a code. Err is what remains to be said; nil: everything was.
type exit struct {
	code  int
	err   error
	final bool // the code stands although a signal came
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usagef is an error of the command line.
func usagef(format string, args ...any) error {
	return &exit{code: verdict.Usage, err: fmt.Errorf(format, args...)}
}

// finish says what is left to say and gives the exit code.
func (sh shell) finish(ctx context.Context, err error) int {
	var end *exit
	explicit := errors.As(err, &end)
	var signalled interrupt.Stopped
	if errors.As(context.Cause(ctx), &signalled) && !(explicit && end.final) {
		if !sh.nested {
			sh.say(slog.LevelWarn, fmt.Sprintf("partsmith-migrate: %s", signalled))
		}
		return signalled.Code()
	}
	if err != nil && (!explicit || end.err != nil) {
		sh.complain(err)
	}
	return codeOf(err)
}

// complain writes an error. One about a document begins with its place, as compilers write it, so that editors find it.
func (sh shell) complain(err error) {
	var wrong document.Errors
	var one *document.Error
	if errors.As(err, &wrong) || errors.As(err, &one) {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			sh.say(slog.LevelError, line)
		}
		if errors.Is(err, fs.ErrNotExist) {
			sh.say(slog.LevelError, "partsmith-migrate: name the document with -f or PARTSMITH_CONFIG")
		}
		return
	}
	sh.say(slog.LevelError, "partsmith-migrate: "+strings.ReplaceAll(err.Error(), "\n", "; "))
}

func codeOf(err error) int {
	var end *exit
	var one *document.Error
	var scheme *lock.SchemeError
	var url *session.URLError
	var connect *session.ConnectError
	var busy *lock.BusyError
	var incomplete *plugin.IncompleteError
	var duplicate *executor.DuplicateTableError
	var line *atlascli.UsageError
	var refused *atlasext.RefusedError
	var change *atlasext.ChangeError
	switch {
	case err == nil:
		return verdict.Done
	case errors.As(err, &end):
		return end.code
	case errors.As(err, &one), errors.As(err, &scheme), errors.As(err, &url), errors.As(err, &duplicate), errors.As(err, &line):
		return verdict.Usage
	case errors.As(err, &refused):
		return verdict.Refused
	case errors.As(err, &change):
		return verdict.NotAttempted // whatever creation says beside it
	case errors.As(err, &connect):
		return verdict.Unreached
	case errors.As(err, &incomplete):
		return verdict.Unfinished
	case errors.As(err, &busy):
		return verdict.Busy
	}
	return verdict.NotAttempted
}
