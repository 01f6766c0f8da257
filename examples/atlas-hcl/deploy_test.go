// Package atlashcl tries the schema beside it as a user would: with one command.
package atlashcl

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestDeploy(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	program := filepath.Join(t.TempDir(), "partsmith-migrate")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/partsmith-migrate").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, want := range []string{"created 15: 1 table", "nothing to do: 1 table"} {
		said, err := exec.CommandContext(t.Context(), program, "atlas", "apply", "--url", db.URL, "--to", "file://schema.hcl",
			"--auto-approve").CombinedOutput()
		if err != nil || !strings.Contains(string(said), want) {
			t.Fatalf("%v, expected %q\n%s", err, want, said)
		}
		// Windows that begin within 14 days: today's and those of the next 14.
		if n := db.Text(t, "select count(*) from pg_inherits where inhparent = 'events'::regclass"); n != "15" {
			t.Errorf("%s partitions", n)
		}
	}
	db.Exec(t, "insert into accounts (name) values ('first')")
	db.Exec(t, "insert into events (at, account, kind) values (now() + interval '13 days', 1, 'booked')")
}
