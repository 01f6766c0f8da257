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

// client is a run as a process of its own, through a proxy.
type client struct {
	*world
	proxy *fault.Proxy
	cmd   *exec.Cmd
	said  bytes.Buffer
	ended chan struct{}
}

// begin starts a run, which gets a signal at a point.
func (w *world) begin(at fault.Point, signal syscall.Signal, next fault.Next) *client {
	w.Helper()
	c := &client{world: w, proxy: w.through(), ended: make(chan struct{})}
	c.cmd = exec.Command(os.Args[0], "-test.run=^TestClient$", "-test.v")
	c.cmd.Env = append(os.Environ(), clientVariable+"="+c.proxy.URL())
	c.cmd.Stdout, c.cmd.Stderr = &c.said, &c.said
	started := make(chan bool)
	c.proxy.Break(at, func(fault.Link) fault.Next {
		<-started
		_ = c.cmd.Process.Signal(signal)
		return next
	})
	if err := c.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	close(started)
	go c.wait()
	w.Cleanup(func() { _ = c.cmd.Process.Kill(); <-c.ended })
	return c
}

// wait waits for the end of the process, whatever that is like.
func (c *client) wait() {
	defer close(c.ended)
	var ended *exec.ExitError
	if err := c.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		c.Errorf("await client: %v: %s", err, &c.said)
	}
}

// arrive waits until the run has its signal, or has ended because it had fewer messages this time.
func (c *client) arrive() {
	select {
	case <-c.proxy.Struck():
	case <-c.ended:
	}
}

// goOn lets a stopped run go on to its end.
func (c *client) goOn() {
	_ = c.cmd.Process.Signal(syscall.SIGCONT)
	<-c.ended
	c.proxy.Close()
}

// A run that is killed, wherever it is, has lost nothing.
func TestKillAtEveryMessage(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	each(t, ws, 10, func(w *world, at fault.Point) {
		c := w.begin(at, syscall.SIGKILL, fault.Hold)
		<-c.ended
		c.proxy.Close()
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
		c := w.begin(at, syscall.SIGSTOP, fault.Pass)
		c.arrive()
		w.write()
		w.quiet()
		c.goOn()
		w.deserted()
		w.intact()
		w.converge()
		w.written()
	})
}

// A run that is stopped and does not go on, as that of a host that has frozen, gives its keys back within a minute, and another
// run does its work. They are all stopped first and awaited together.
func TestAStoppedRunGivesItsKeysBack(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t)
	var stopped []*client
	for _, at := range few(draw(t, fault.Points(ws.messages), 4)) {
		c := ws.open(t).begin(at, syscall.SIGSTOP, fault.Pass)
		c.arrive()
		t.Logf("%s is stopped %s", c.name, at)
		stopped = append(stopped, c)
	}
	for _, c := range stopped {
		t.Logf("%s", c.name)
		c.await("select (" + keysSQL + ") = 0")
		c.converge()
		c.goOn()
		c.deserted()
		c.intact()
		c.converge()
		c.close()
	}
}

// few is as many points as there can be sessions, spread over all.
func few(points []fault.Point) []fault.Point {
	const most = 50
	var some []fault.Point
	for i := range min(most, len(points)) {
		some = append(some, points[i*len(points)/min(most, len(points))])
	}
	return some
}
