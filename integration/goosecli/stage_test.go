package goosecli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Goose's own command is built from its module, without the drivers of other databases.
const gooseTags = "no_ydb no_clickhouse no_mssql no_mysql no_sqlite3 no_vertica no_libsql no_turso no_starrocks no_spanner"

// policies is the document beside the migrations.
const policies = `
version: 1
tables:
  - {table: public.events, every: 1 day, ahead: 3, keep: 10, optional: true}
`

const (
	events  = "create table events (at timestamptz not null) partition by range (at);"
	upDown  = "-- +goose Up\n%\n-- +goose Down\n%\n"
	history = "select string_agg(version_id || ' ' || is_applied, ', ' order by id) from "
	tables  = "select string_agg(relname, ' ' order by relname) from pg_class " +
		"where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition"
)

// first are two migrations; the first makes the table that is maintained.
func first() map[string]string {
	return map[string]string{
		"00001_events.sql": migration(events, "drop table events;"),
		"00002_people.sql": migration("create table people (name text);", "drop table people;"),
	}
}

func migration(up, down string) string {
	return strings.Replace(strings.Replace(upDown, "%", up, 1), "%", down, 1)
}

// step is one command line, after more files were written into the folder.
type step struct {
	more map[string]string
	args string
	code int
	env  []string
}

// deploy is a database, a folder, and the command that brings the two together.
type deploy struct {
	*testing.T
	db      *pgtest.Database
	dir     string
	command []string
}

func newDeploy(t *testing.T, command []string) deploy {
	t.Helper()
	d := deploy{t, pgtest.New(t), t.TempDir(), command}
	d.write("partsmith.yaml", policies)
	for name, text := range first() {
		d.write(filepath.Join("migrations", name), text)
	}
	return d
}

// write makes a file; one without text goes.
func (d deploy) write(name, text string) {
	d.Helper()
	path := filepath.Join(d.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if text == "" {
		err = errors.Join(err, os.RemoveAll(path))
	} else {
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
	}
	if err != nil {
		d.Fatal(err)
	}
}

// run gives what a command says on stderr, without what differs from run to run, and its exit code.
func (d deploy) run(s step) (string, int) {
	d.Helper()
	for name, text := range s.more {
		d.write(filepath.Join("migrations", name), text)
	}
	args := append(append([]string{}, d.command[1:]...), strings.Fields(s.args)...)
	cmd := exec.CommandContext(d.Context(), d.command[0], args...)
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "GOOSE_DRIVER=postgres", "GOOSE_DBSTRING="+d.db.URL, "GOOSE_MIGRATION_DIR=migrations", "NO_COLOR=")
	cmd.Env = append(cmd.Env, s.env...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		d.Fatal(err)
	}
	if stdout.Len() > 0 {
		d.Errorf("%s prints %s", s.args, &stdout)
	}
	return unchanging(stderr.String()), cmd.ProcessState.ExitCode()
}

var (
	stamp    = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)
	took     = regexp.MustCompile(`\(\d[\d.]*[nµm]?s\)`)
	applied  = regexp.MustCompile(`[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}`)
	position = regexp.MustCompile(`database=\S+`)
)

func unchanging(text string) string {
	text = stamp.ReplaceAllString(text, "[stamp] ")
	text = took.ReplaceAllString(text, "(took)")
	text = applied.ReplaceAllString(text, "[applied]               ")
	return position.ReplaceAllString(text, "database=x")
}

// answer is what a query gives, or the error's words.
func (d deploy) answer(query string) string {
	d.Helper()
	var value *string
	if err := d.db.SQL().QueryRowContext(d.Context(), query).Scan(&value); err != nil {
		return err.Error()
	}
	if value == nil {
		return "null"
	}
	return *value
}

// The programs are built once for all tests.
func TestCommand(t *testing.T) {
	t.Parallel()
	built := build(t)
	for name, test := range map[string]func(*testing.T, programs){
		"matched": matched, "a Go file stops before anything": goFileStopsBeforeAnything, "partitions follow": partitionsFollow,
		"failure only creates": failureOnlyCreates, "many at once": manyAtOnce, "beside a holder": besideAHolder,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, built)
		})
	}
}

// programs are the two commands.
type programs struct{ goose, ours []string }

func build(t *testing.T) programs {
	t.Helper()
	dir := t.TempDir()
	compile(t, dir, "-tags", gooseTags, "github.com/pressly/goose/v3/cmd/goose")
	compile(t, dir, "../../cmd/partsmith-migrate")
	return programs{[]string{filepath.Join(dir, "goose")}, []string{filepath.Join(dir, "partsmith-migrate"), "goose"}}
}

func compile(t *testing.T, dir string, args ...string) {
	t.Helper()
	args = append([]string{"build", "-o", dir + string(filepath.Separator)}, args...)
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}
