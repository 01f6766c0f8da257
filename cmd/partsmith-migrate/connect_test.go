//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A deploy that begins before its database waits for it, says so once, and then does all it would have done.
func TestMigratorsAwaitTheServer(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"goose -dir migrations up", "exec --lock goose -- child args", "atlas apply --auto-approve --to file://schema.hcl",
		"apply --connect-for 1h"} {
		t.Run(strings.Fields(line)[0], func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			late := newLateServer(t, db)
			p := late.start(t, line)
			errs, err := p.cmd.StderrPipe()
			is.NoErr(err)
			p.begin(t)
			said := bufio.NewReader(errs)
			told, err := said.ReadString('\n')
			is.NoErr(err)
			is.True(strings.Contains(told, `msg="wait for the server"`))
			is.True(strings.Contains(told, "there is no such socket"))
			late.comeUp(t)
			rest, err := io.ReadAll(said)
			is.NoErr(err)
			if code := p.end(t); code != 0 {
				t.Fatalf("exit code %d: %s", code, rest)
			}
			is.True(!strings.Contains(string(rest), "wait for the server"))
		})
	}
}

// What only looks, or runs from cron, does not wait unless it is told to; nor does anybody where a password is wrong.
func TestOthersDoNotWait(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	late := newLateServer(t, pgtest.New(t))
	for _, line := range []string{"plan", "apply", "status", "validate", "goose --connect-for 0 up"} {
		p := late.start(t, line)
		p.cmd.Stderr = &p.err
		p.begin(t)
		is.Equal(p.end(t), 7)
		is.True(!strings.Contains(p.err.String(), "wait for the server"))
	}
}

// lateServer is a folder where a server's socket appears.
type lateServer struct {
	url, from, socket, folder string
}

func newLateServer(t *testing.T, db *pgtest.Database) *lateServer {
	t.Helper()
	folder, err := os.MkdirTemp("", "s") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	config, err := pgconn.ParseConfig(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &lateServer{url: db.URL + "&host=" + folder, from: config.Host, socket: fmt.Sprintf(".s.PGSQL.%d", config.Port), folder: folder}
	for name, text := range map[string]string{
		"partsmith.yaml":           "version: 1\ntables:\n  - {table: public.events, every: 1 day, optional: true}\n",
		"migrations/00001_one.sql": "-- +goose Up\ncreate table one ();\n",
		"schema.hcl":               "schema \"public\" {}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// start runs a command that finds everything in the folder.
func (s *lateServer) start(t *testing.T, line string) *program {
	t.Helper()
	args := strings.Fields(line)
	flag, place := "--database-url", 1
	if args[0] == "atlas" {
		flag, place = "--url", 2
	}
	args = append(args[:place:place], append([]string{flag, s.url}, args[place:]...)...)
	p := &program{cmd: exec.Command("partsmith-migrate", args...)}
	p.cmd.Dir, p.cmd.Stdout = s.folder, &p.out
	return p
}

func (s *lateServer) comeUp(t *testing.T) {
	t.Helper()
	if err := os.Symlink(filepath.Join(s.from, s.socket), filepath.Join(s.folder, s.socket)); err != nil {
		t.Fatal(err)
	}
}
