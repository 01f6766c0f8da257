package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Options say what kind of server to start. The zero value is right for most.
type Options struct {
	Major    int               // zero: see Find
	Settings map[string]string // of postgresql.conf, in its syntax, over those of this package
	Port     bool              // listen on a free loopback port instead of a unix socket
	Standby  bool              // in recovery, as a replica without a primary is: databases postgres and template1, read-only
	Primary  *Server           // a standby that streams from this server, which is of the same version; see Server.CatchUp
}

// Server is a running throw-away server. Its superuser is postgres, without a password.
type Server struct {
	Installation Installation

	dir   string // everything of this server, the socket included
	host  string
	port  int
	guard guard
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	stop  sync.Once
}

// Start makes a cluster and starts its server; it returns when the server answers. The context bounds the start, not the
// server's life: that ends with Stop or, by the guard, with our process.
func Start(ctx context.Context, options Options) (*Server, error) {
	installation, err := Find(options.Major)
	if err != nil {
		return nil, err
	}
	user, err := serverAccount()
	if err != nil {
		return nil, err
	}
	sweep()
	s := &Server{Installation: installation, ended: make(chan struct{})}
	if err := s.start(ctx, user, options); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start PostgreSQL %s: %w", installation.Version, err)
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, user account, options Options) error {
	copies := !user.mayRun(s.Installation.program("postgres"))
	dir, err := makeFolder(user, copies)
	if err != nil {
		return err
	}
	s.dir = dir
	if s.guard, err = post(user, dir); err != nil {
		return err
	}
	if copies {
		if s.Installation, err = s.Installation.copied(user, dir); err != nil {
			return err
		}
	}
	if err := s.listenAt(options); err != nil {
		return err
	}
	c := cluster{server: s, user: user, options: options}
	if err := c.create(ctx); err != nil {
		return err
	}
	if err := s.launch(user); err != nil {
		return err
	}
	return s.awaitReady(ctx)
}

func (s *Server) listenAt(options Options) error {
	s.host, s.port = s.dir, 5432
	if hasSockets && !options.Port {
		return nil
	}
	port, err := freePort()
	s.host, s.port = "127.0.0.1", port
	return err
}

// launch starts postgres itself, not pg_ctl, so that it is our child and its end is known. The parent-death signal of Linux
// comes when the thread that started the child ends, so that thread is kept for as long as the child lives.
func (s *Server) launch(user account) error {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.Installation.program("postgres"), "-D", s.data())
	cmd.Dir, cmd.Env, cmd.SysProcAttr = s.dir, environment(s.dir), user.attributes()
	cmd.Stdout, cmd.Stderr = log, log
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(s.ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.cmd = cmd
	return nil
}

// Stop ends the server at once and removes all that belongs to it. It may be called more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.end()
		if s.dir != "" {
			_ = os.RemoveAll(s.dir)
		}
		s.guard.dismiss()
	})
}

func (s *Server) end() {
	if s.cmd == nil {
		return
	}
	_ = quit(s.cmd.Process)
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// Ended is closed when the server's process has ended, by Stop or by itself.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// URL addresses a database as the superuser.
func (s *Server) URL(database string) string { return s.URLAs(database, "postgres", "") }

// URLAs addresses a database as some role. An empty password is none.
func (s *Server) URLAs(database, role, password string) string {
	who := url.User(role)
	if password != "" {
		who = url.UserPassword(role, password)
	}
	u := url.URL{Scheme: "postgres", User: who, Path: "/" + database}
	query := url.Values{"sslmode": {"disable"}}
	if s.host == s.dir { // a folder can only stand in the query
		query.Set("host", s.host)
		query.Set("port", strconv.Itoa(s.port))
	} else {
		u.Host = s.host + ":" + strconv.Itoa(s.port)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Log returns the last lines that the server wrote, for the message of a test that failed.
func (s *Server) Log() string {
	text, err := s.WholeLog()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	return lastLines(text, 30)
}

// WholeLog returns everything that the server wrote about all databases. Lines begin with an instant, a process and a
// database: `2026-11-20 00:00:00.000 UTC [4711] shop LOG:  …`; what goes on in the next line begins with a tab there.
func (s *Server) WholeLog() (string, error) {
	text, err := os.ReadFile(s.logFile())
	return string(text), err
}

func (s *Server) data() string    { return filepath.Join(s.dir, "data") }
func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }
