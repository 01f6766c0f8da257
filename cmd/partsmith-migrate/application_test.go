package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Who looks at the server sees what each session is there for.
func TestSessionsSayWhatTheyDo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.New(t) // skipped where no server is installed
	server, err := pgtest.Start(t.Context(), pgtest.Options{Settings: map[string]string{"log_connections": "on"}})
	is.NoErr(err)
	t.Cleanup(server.Stop)
	folder := t.TempDir()
	document := "version: 1\ntables:\n  - {table: public.events, every: 1 day, optional: true}\n"
	is.NoErr(os.WriteFile(filepath.Join(folder, "partsmith.yaml"), []byte(document), 0o600))
	is.NoErr(os.WriteFile(filepath.Join(folder, "00001_one.sql"), []byte("-- +goose Up\ncreate table one ();\n"), 0o600))
	is.NoErr(os.WriteFile(filepath.Join(folder, "schema.hcl"), []byte("schema \"public\" {}\n"), 0o600))
	run := func(url string, line string) {
		t.Helper()
		cmd := exec.Command("partsmith-migrate", strings.Fields(strings.ReplaceAll(line, "URL", url))...)
		cmd.Dir = folder
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, said)
		}
	}
	url := server.URL("postgres")
	for _, line := range []string{"validate", "plan", "apply", "status", "goose up", "goose status", "exec --lock goose -- child exit 0"} {
		run(url, strings.Replace(line+" ", " ", " --database-url URL ", 1))
	}
	run(url, "atlas plan --allow-empty --url URL --to file://schema.hcl")
	run(url, "atlas excludes --url URL")
	run(url+"&application_name=mine", "plan --database-url URL")
	for _, doing := range []string{"validate", "plan", "apply", "status", "goose up", "goose status", "exec", "atlas plan", "atlas excludes"} {
		is.True(connected(t, server, "partsmith-migrate: "+doing)) // it is named after what it does
	}
	is.True(connected(t, server, "mine"))               // the connection string has the last word
	is.True(!connected(t, server, "partsmith-migrate")) // none is nameless
}

// connected reports whether a session of this name has come.
func connected(t *testing.T, server *pgtest.Server, name string) bool {
	t.Helper()
	log, err := server.WholeLog()
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)application_name=` + regexp.QuoteMeta(name) + `$`).MatchString(log)
}
