//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

const advisoryGone = `select count(*) = 0 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`

// A client that was stopped, as by SIGSTOP or a frozen machine, keeps no lock for longer than its idle_session_timeout.
func TestAStoppedClientLosesItsLocks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	cmd := exec.Command("child", "hold", db.URL+"&idle_session_timeout=5s")
	out, err := cmd.StdoutPipe()
	is.NoErr(err)
	is.NoErr(cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	is.NoErr(err)
	is.Equal(line, "ready\n")
	go func() { _, _ = io.Copy(io.Discard, out) }()
	is.NoErr(cmd.Process.Signal(syscall.SIGSTOP))
	eventually(t, db, advisoryGone)
}

// A client that was killed takes its statement with it: else the next deploy would run the same migration beside it.
func TestAKilledClientTakesItsStatementAlong(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	dir := t.TempDir()
	text := "-- +goose NO TRANSACTION\n-- +goose Up\nselect pg_sleep(600);\n"
	is.NoErr(os.WriteFile(filepath.Join(dir, "00001_slow.sql"), []byte(text), 0o600))
	p := start(t, db, "goose", "up", "-dir", dir)
	p.begin(t)
	const running = ` from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and datname = current_database()`
	eventually(t, db, "select count(*) = 1"+running)
	is.NoErr(p.cmd.Process.Kill())
	eventually(t, db, "select count(*) = 0"+running)
	eventually(t, db, advisoryGone)
}
