package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// The demo needs no configuration, shows each stage of a partition's life and leaves nothing behind.
func TestDemo(t *testing.T) {
	t.Parallel()
	pgtest.New(t) // skipped where no server is installed
	is := is.New(t)
	cmd := exec.Command("partsmith-migrate", "demo")
	cmd.Env = append(cmd.Environ(), "TMPDIR="+t.TempDir(), "PARTSMITH_CONFIG=none.yaml", "PGHOST=nowhere")
	out, err := cmd.CombinedOutput()
	is.NoErr(err)
	for _, wanted := range []string{"$ partsmith-migrate plan --at 20", "create 14 partitions",
		"detach 1 partition concurrently", "will be dropped on", "drop 1 detached partition", "every row found its partition"} {
		if !strings.Contains(string(out), wanted) {
			t.Errorf("the demo does not show %q", wanted)
		}
	}
	is.True(!strings.Contains(string(out), "\x1b")) // no colour without a terminal
}
