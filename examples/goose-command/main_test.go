package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// The command is built and run as a deploy would.
func TestCommand(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	command := filepath.Join(t.TempDir(), "migrate")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	for _, step := range []struct {
		args, url, says, partitions string
		code                        int
	}{
		{"status", db.URL, "Pending                  -- 00002_readings.go", "0", 0},
		{"up", db.URL, "OK   00002_readings.go", "3", 0},
		{"up", db.URL, "partsmith: public.readings: nothing to do", "3", 0},
		{"version", db.URL, "goose: version 2", "3", 0},
		{"redo", db.URL, "OK   00002_readings.go", "3", 0},
		{"down", db.URL, "OK   00002_readings.go", "0", 0},
		{"up-to 1", db.URL, "no migrations to run", "0", 0},
		{"up-by-one -v", db.URL, "OK   00002_readings.go", "3", 0},
		{"up-by-one", db.URL, "no next version found", "3", 1},
		{"-h", db.URL, "up-to VERSION", "3", 0},
		{"sideways", db.URL, "no such command", "3", 2},
		{"up", "host=127.0.0.1 port=1 password=hunter2", "connect: ", "3", 7},
		{"up", "postgres://app:hunter2@[db/shop", "cannot be read", "3", 2},
	} {
		run := exec.CommandContext(t.Context(), command, strings.Fields(step.args)...)
		run.Dir = t.TempDir()
		run.Env = append(os.Environ(), "GOOSE_DRIVER=postgres", "GOOSE_DBSTRING="+step.url)
		said, err := run.CombinedOutput()
		var ended *exec.ExitError
		if err != nil && !errors.As(err, &ended) {
			t.Fatal(err)
		}
		if code := run.ProcessState.ExitCode(); code != step.code || !strings.Contains(string(said), step.says) || strings.Contains(string(said), "hunter2") {
			t.Errorf("%s: %d, expected %d with %q\n%s", step.args, code, step.code, step.says, said)
		}
		if n := db.Text(t, "select count(*) from pg_class where relispartition and relkind = 'r'"); n != step.partitions {
			t.Errorf("%s: %s partitions, expected %s", step.args, n, step.partitions)
		}
	}
}
