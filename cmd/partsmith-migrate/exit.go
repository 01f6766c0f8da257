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
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// finish says what is left to say and gives the exit code.
func (sh shell) finish(ctx context.Context, err error) int {
	var end *exit.Error
	explicit := errors.As(err, &end)
	var signalled interrupt.Stopped
	if errors.As(context.Cause(ctx), &signalled) && !(explicit && end.Final) {
		if !sh.nested {
			sh.say(slog.LevelWarn, fmt.Sprintf("partsmith-migrate: %s", signalled))
		}
		return signalled.Code()
	}
	if err != nil && (!explicit || end.Err != nil) {
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

// codeOf is the exit code for an error. A document, a command line, a guard, a schema change and a connection are the command's own to judge.
func codeOf(err error) int {
	return exit.Code(err, exit.For[*document.Error](exit.Usage), exit.For[*session.URLError](exit.Usage), exit.For[*atlascli.UsageError](exit.Usage), exit.For[*atlasext.ScopeError](exit.Usage),
		exit.For[*atlasext.RefusedError](exit.Refused),
		exit.For[*atlasext.ChangeError](exit.NotAttempted), // whatever creation says beside it
		exit.For[*session.ConnectError](exit.Unreached))
}
