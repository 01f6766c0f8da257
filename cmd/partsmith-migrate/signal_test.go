//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// program is the command as a process of its own.
type program struct {
	cmd      *exec.Cmd
	out, err bytes.Buffer
}

// start runs the program with a document for one table, in a folder of its own.
func start(t *testing.T, db *pgtest.Database, args ...string) *program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "partsmith.yaml")
	document := "version: 1\nlock: goose\ntables:\n  - {table: public.events, every: 1 day, ahead: 3}\n"
	if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{args[0], "-f", file, "--database-url", db.URL}, args[1:]...)
	p := &program{cmd: exec.Command("partsmith-migrate", args...)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	return p
}

func (p *program) begin(t *testing.T) {
	t.Helper()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
}

// end waits for the program and gives its exit code.
func (p *program) end(t *testing.T) int {
	t.Helper()
	var ended *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func eventually(t *testing.T, db *pgtest.Database, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for db.Text(t, query) != "true" {
		select {
		case <-ctx.Done():
			t.Fatalf("never came true: %s", query)
		case <-tick.C:
		}
	}
}

const events = `create table events (at timestamptz not null) partition by range (at)`

// The first signal ends the run: what was begun is rolled back, locks are given back, and what was done is told.
func TestSignalEndsApply(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, events)
			conn := db.Conn(t)
			_, err := conn.ExecContext(t.Context(), "begin; lock table events in access exclusive mode")
			is.NoErr(err)

			p := start(t, db, "apply", "--format", "json")
			p.begin(t)
			eventually(t, db, `select count(*) > 0 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)
			is.NoErr(p.cmd.Process.Signal(signal))
			is.Equal(p.end(t), code)
			is.True(strings.Contains(p.err.String(), "stopped by a signal"))
			is.True(strings.Contains(p.out.String(), `"version": 1`))
			eventually(t, db, `select count(*) = 0 from pg_stat_activity where application_name like 'partsmith-migrate%' and datname = current_database()`)
			eventually(t, db, `select count(*) = 0 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)
			is.Equal(db.Text(t, `select count(*) from pg_class where relname like 'events\_\_%'`), "0")
		})
	}
}

// Signals are the command's affair while it runs, and its code wins.
func TestExecPassesSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, events)
			p := start(t, db, "exec", "--", "child", "signal")
			out := listenTo(t, p)
			is.Equal(out.line(t), "ready")
			is.NoErr(p.cmd.Process.Signal(signal))
			is.Equal(out.line(t), "got "+signal.String())
			is.Equal(p.end(t), 9)
		})
	}
}

// A command that ends well after a signal is not followed by maintenance: somebody wanted an end.
func TestExecStopsAfterSignal(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	p := start(t, db, "exec", "--", "child", "patient")
	out := listenTo(t, p)
	is.Equal(out.line(t), "ready")
	// No lock is held, and nobody is connected, while the command runs.
	eventually(t, db, `select count(*) = 0 from pg_stat_activity where application_name like 'partsmith-migrate%' and datname = current_database()`)
	is.NoErr(p.cmd.Process.Signal(syscall.SIGTERM))
	is.Equal(p.end(t), 143)
	is.Equal(db.Text(t, `select count(*) from pg_inherits where inhparent = 'events'::regclass`), "0")
}

// A demo that is stopped leaves nothing behind.
func TestSignalEndsDemo(t *testing.T) {
	t.Parallel()
	pgtest.New(t) // skipped where no server is installed
	is := is.New(t)
	folder := t.TempDir()
	p := &program{cmd: exec.Command("partsmith-migrate", "demo")}
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), "TMPDIR="+folder), &p.err
	out := listenTo(t, p)
	for !strings.HasPrefix(out.line(t), "$ partsmith-migrate plan") {
	}
	is.NoErr(p.cmd.Process.Signal(os.Interrupt))
	go io.Copy(io.Discard, out.rest)
	is.Equal(p.end(t), 130)
	is.Equal(p.err.String(), "partsmith-migrate: stopped by a signal (interrupt)\n")
	left, err := os.ReadDir(folder)
	is.NoErr(err)
	is.Equal(len(left), 0)
}

// lines is the standard output of a program, line by line.
type lines struct {
	scanner *bufio.Scanner
	rest    io.Reader
}

func listenTo(t *testing.T, p *program) lines {
	t.Helper()
	reader, writer := io.Pipe()
	p.cmd.Stdout = writer
	t.Cleanup(func() { _ = reader.Close() })
	p.begin(t)
	return lines{bufio.NewScanner(reader), reader}
}

func (l lines) line(t *testing.T) string {
	t.Helper()
	if !l.scanner.Scan() {
		t.Fatalf("no more output: %v", l.scanner.Err())
	}
	return l.scanner.Text()
}
