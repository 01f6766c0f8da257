package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
)

// shell is what a command meets outside: streams, variables, signals.
type shell struct {
	in      io.Reader
	out     io.Writer // results alone
	err     io.Writer // everything else; what looks like a password is masked
	raw     io.Writer // err as it is, for the commands of exec and for logs
	lookup  func(string) (string, bool)
	painted bool // the results go to a terminal
	live    bool // err goes to a terminal
	shared  bool // in is a terminal, whose Ctrl-C reaches the commands of exec by itself
	signals *interrupt.Signals
	line    usage.Line   // the arguments, to judge what of them may be repeated
	records *slog.Logger // what err is made of with --log-format json; nil: text
	nested  bool         // a command inside the demo: the demo itself says that a signal has ended it
}

func newShell(signals *interrupt.Signals) shell {
	return shell{in: os.Stdin, out: os.Stdout, err: masked{os.Stderr}, raw: os.Stderr, lookup: os.LookupEnv,
		painted: isTerminal(os.Stdout), live: isTerminal(os.Stderr), shared: isTerminal(os.Stdin), signals: signals}
}

func (sh shell) getenv(name string) string {
	value, _ := sh.lookup(name)
	return value
}

// masked keeps passwords from what is written through it, one message a write.
type masked struct{ w io.Writer }

func (m masked) Write(text []byte) (int, error) {
	if _, err := io.WriteString(m.w, session.Redact(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// isTerminal reports whether a file is a terminal: a character device, and not the one that swallows everything.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
