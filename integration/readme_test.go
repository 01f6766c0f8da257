package integration

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// block is a fenced block of a Markdown file.
type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// blocks are the fenced blocks of README.md, in order.
func blocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []block
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		found = append(found, block{m[1], m[2]})
	}
	return found
}

// address is what the README connects to.
const address = "postgres://localhost/app"

// TestReadme types what the README says, in its order, into a database of its own.
func TestReadme(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the README is written for a POSIX shell")
	}
	r := reader{T: t, db: pgtest.New(t), dir: t.TempDir(), bin: t.TempDir()}
	r.build()
	ran := map[string]int{}
	for _, b := range blocks(t) {
		ran[b.language]++
		switch b.language {
		case "sql":
			r.db.Exec(t, b.text)
		case "yaml":
			r.document(b.text)
		case "sh":
			r.shell(b.text)
		case "crontab":
			r.cron(b.text)
		case "console":
			r.console(b.text)
		default:
			t.Errorf("nothing tries a block of %s:\n%s", b.language, b.text)
		}
	}
	for _, language := range []string{"sql", "yaml", "sh", "crontab", "console"} {
		if ran[language] == 0 {
			t.Errorf("the README has no block of %s any more", language)
		}
	}
	if n := r.db.Text(t, `SELECT max(version_id) FROM goose_db_version`); n != "1" {
		t.Errorf("who follows the README has migrated to version %s, not 1", n)
	}
	if n := r.db.Text(t, `SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass`); n != "15" {
		t.Errorf("who follows the README has %s partitions, not 15", n)
	}
}

// reader is somebody who follows the README.
type reader struct {
	*testing.T
	db       *pgtest.Database
	dir, bin string
	written  int
}

// desired is the schema.hcl of a reader: the tables that the README has made by then.
const desired = `
schema "public" {}
table "accounts" {
  schema = schema.public
  column "id" {
    type = bigint
    null = true
  }
}
table "events" {
  schema = schema.public
  column "id" {
    type = bigint
    identity {
      generated = ALWAYS
    }
  }
  column "created_at" {
    type = timestamptz
  }
  column "body" {
    type = jsonb
    null = true
  }
  primary_key {
    columns = [column.id, column.created_at]
  }
  partition {
    type    = RANGE
    columns = [column.created_at]
  }
}
`

// build makes the command, a stand-in for the migrator that is not ours, which says what it was called with, and the folder
// of migrations and the schema that a reader has.
func (r *reader) build() {
	r.Helper()
	out, err := exec.Command("go", "build", "-o", r.bin, "../cmd/partsmith-migrate").CombinedOutput()
	if err != nil {
		r.Fatalf("build: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(r.bin, "atlas"), []byte("#!/bin/sh\necho \"atlas ran: $*\"\n"), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "schema.hcl"), []byte(desired), 0o644); err != nil {
		r.Fatal(err)
	}
	folder := filepath.Join(r.dir, "migrations")
	if err := os.Mkdir(folder, 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "00001_accounts.sql"), []byte("-- +goose Up\nCREATE TABLE accounts (id bigint);\n"), 0o644); err != nil {
		r.Fatal(err)
	}
}

// document writes the first document where the command looks for it, and has the others read.
func (r *reader) document(text string) {
	r.Helper()
	name := "partsmith.yaml"
	if r.written++; r.written > 1 {
		name = "another.yaml"
	}
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
	r.run("partsmith-migrate validate --offline -f " + name)
}

// shell runs a block. What builds or installs is only looked up: `make test` is what runs this test.
func (r *reader) shell(text string) {
	r.Helper()
	switch {
	case strings.HasPrefix(text, "make "):
		for _, m := range regexp.MustCompile(`(?m)^make (\S+)`).FindAllStringSubmatch(text, -1) {
			r.target(m[1])
		}
	case strings.HasPrefix(text, "go install "):
		path := strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(text, "go install ")), "@latest")
		if out, err := exec.Command("go", "list", path).CombinedOutput(); err != nil {
			r.Errorf("go list %s: %v\n%s", path, err, out)
		}
	default:
		r.run(text)
	}
}

func (r *reader) target(name string) {
	r.Helper()
	makefile, err := os.ReadFile(filepath.Join("..", "Makefile"))
	if err != nil {
		r.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^` + name + `\s*:`).Match(makefile) {
		r.Errorf("the Makefile has no target %s", name)
	}
}

// cron runs the command of a crontab line.
func (r *reader) cron(text string) {
	r.Helper()
	fields := strings.Fields(text)
	r.run(strings.ReplaceAll(strings.Join(fields[5:], " "), "/etc/partsmith.yaml", "partsmith.yaml"))
}

// console runs the command behind the prompt, which must print the rest of the block.
func (r *reader) console(text string) {
	r.Helper()
	command, want, _ := strings.Cut(strings.TrimPrefix(text, "$ "), "\n")
	if got := r.run(command); strings.TrimSpace(got) != strings.TrimSpace(want) {
		r.Errorf("%s prints\n%s\nand not what the README says:\n%s", command, got, want)
	}
}

// run runs shell text as the README's reader would, fails with what it printed, and gives its standard output.
func (r *reader) run(text string) string {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", strings.ReplaceAll(text, address, r.db.URL))
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "PATH="+r.bin+string(os.PathListSeparator)+os.Getenv("PATH"), "DATABASE_URL="+r.db.URL)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		r.Errorf("%s\n%v\n%s%s", text, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}
