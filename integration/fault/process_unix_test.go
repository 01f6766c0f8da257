//go:build unix

package fault_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/fault"
)

// client is a run as a process of its own.
type client struct {
	*testing.T
	cmd  *exec.Cmd
	said bytes.Buffer
}

// begin starts a run on a database.
func begin(t *testing.T, url string) *client {
	t.Helper()
	c := &client{T: t, cmd: exec.Command(os.Args[0], "-test.run=^TestClient$", "-test.v")}
	c.cmd.Env = append(os.Environ(), clientVariable+"="+url)
	c.cmd.Stdout, c.cmd.Stderr = &c.said, &c.said
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// end waits for the end of the process, whatever that is like.
func (c *client) end() {
	c.Helper()
	var ended *exec.ExitError
	if err := c.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		c.Errorf("await client: %v: %s", err, &c.said)
	}
}

// A run that is killed, wherever it is, has lost nothing.
func TestKillAtEveryMessage(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	each(t, ws, 10, func(w *world, at fault.Point) {
		proxy := w.through()
		started := make(chan *client, 1)
		proxy.Break(at, func(fault.Link) fault.Next {
			_ = (<-started).cmd.Process.Kill()
			return fault.Hold
		})
		c := begin(w.TB.(*testing.T), proxy.URL())
		started <- c
		c.end()
		proxy.Close()
		w.deserted()
		w.intact()
		w.converge()
	})
}

// A run that is stopped keeps nobody waiting, wherever it is: while it stands still, rows are written to every table and
// read from every table, and what the server did for it comes to an end. When it goes on, it has lost nothing either.
func TestStopAtEveryMessage(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	each(t, ws, 10, func(w *world, at fault.Point) {
		proxy := w.through()
		started := make(chan *client, 1)
		proxy.Break(at, func(fault.Link) fault.Next {
			_ = (<-started).cmd.Process.Signal(syscall.SIGSTOP)
			return fault.Pass
		})
		c := begin(w.TB.(*testing.T), proxy.URL())
		ended := make(chan struct{})
		go func() { defer close(ended); c.end() }()
		started <- c
		select {
		case <-proxy.Struck():
		case <-ended: // it had fewer messages this time
		}
		w.write()
		w.quiet()
		_ = c.cmd.Process.Signal(syscall.SIGCONT)
		<-ended
		proxy.Close()
		w.deserted()
		w.intact()
		w.converge()
		w.written()
	})
}
