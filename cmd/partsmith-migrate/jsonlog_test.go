package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// spoken is what a command says on stderr with --log-format json, line by line. Each must be a record.
type spoken []struct {
	Time, Level, Msg string
}

// says reports whether a record of that level has the text in its message.
func (s spoken) says(level, text string) bool {
	for _, r := range s {
		if r.Level == level && strings.Contains(r.Msg, text) {
			return true
		}
	}
	return false
}

// Whoever asks for JSON reads stderr by a program: goose's own lines, warnings, errors and reports are records like the logs.
func TestEveryLineIsJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line  string
		code  int
		level string // and a piece of one record at least; empty: nothing need be said
		says  string
	}{
		{"plan --tabel x", 2, "ERROR", "unknown flag: --tabel"},
		{"plan --log-level loud", 2, "ERROR", "--log-level"},
		{"fly", 2, "ERROR", "unknown command"},
		{"--log-format json", 2, "ERROR", "unknown flag"},
		{"version", 2, "ERROR", "unknown flag"},
		{"demo", 2, "ERROR", "unknown flag"},
		{"validate -f missing.yaml", 2, "ERROR", "missing.yaml: cannot be read"},
		{"validate -f wrong.yaml", 2, "ERROR", "wrong.yaml:4:5: "},
		{"validate", 0, "", ""},
		{"validate --env-file missing.env", 2, "ERROR", "failed to load env file"},
		{"validate -f broken/partsmith.yaml", 0, "WARN", "a line in it is not of the form NAME=value"},
		{"plan --database-url postgres://app@127.0.0.1:1/x", 7, "ERROR", "nothing listens there"},
		{"plan --database-url postgres://app@127.0.0.1:1/x --connect-for 1ms", 7, "WARN", "wait for the server"},
		{"plan --at 2064-01-01T00:00:00Z", 0, "WARN", "left out"},
		{"status --log-level debug", 0, "", ""},
		{"apply --log-level debug --skip drop", 0, "INFO", "operation done"},
		{"apply -f taken.yaml --at 2054-01-05T00:00:00Z", 5, "", ""},
		{"exec --lock goose -- child exit 0", 0, "INFO", "public.events: created 3"},
		{"exec --lock goose -- child exit 3", 3, "INFO", "created 3"},
		{"exec --lock goose -f taken.yaml --strict --at 2054-01-05T00:00:00Z -- child exit 0", 5, "ERROR", "something else that is no partition of public.taken has the name"},
		{"exec --lock goose -- nobody", 1, "ERROR", "run \"nobody\""},
		{"exec -- child exit 0", 2, "ERROR", "whose lock?"},
		{"goose -dir migrations up", 0, "INFO", "OK   00001_one.sql"},
		{"goose -dir migrations -v up", 0, "INFO", "create table one"},
		{"goose -dir migrations status", 0, "INFO", "00001_one.sql"},
		{"goose -dir failing up", 1, "ERROR", "goose run: ERROR 00001_bad.sql"},
		{"goose -dir migrations sideways", 2, "ERROR", "no such command"},
		{"goose -dir nowhere up", 1, "ERROR", "goose run: "},
		{"atlas plan --to file://schema.hcl", 6, "ERROR", "refused"},
		{"atlas plan --to file://missing.hcl", 2, "ERROR", "missing.hcl"},
		{"atlas apply --to file://schema.hcl", 2, "ERROR", "nobody can be asked"},
		{"atlas apply --auto-approve --allow-drop-partitioned public.events --allow-drop-partitioned public.taken --allow-empty --to file://schema.hcl", 0, "", ""},
		{"atlas excludes --format wrong", 2, "ERROR", "--format"},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			code, said := speak(t, c.line)
			is.Equal(code, c.code)
			if c.level != "" && !said.says(c.level, c.says) {
				t.Errorf("no %s says %q: %v", c.level, c.says, said)
			}
		})
	}
}

// What a signal or a fault of ours ends is told as a record, too.
func TestEveryEndIsJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var stderr bytes.Buffer
	sh := shell{raw: &stderr}.spoken([]string{"plan", "-log-format", "json"})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interrupt.Stopped{Signal: os.Interrupt})
	is.Equal(sh.finish(ctx, nil), 130)
	is.Equal(sh.finish(t.Context(), withoutPanic("plan", func() error { var none []int; return fmt.Errorf("%d", none[3]) })), 1)
	said := read(t, stderr.String())
	is.True(said.says("WARN", "stopped by a signal (interrupt)"))
	is.True(said.says("ERROR", "plan was ended by a fault of this program"))
	is.Equal(len(said), 2)
}

// The command of exec has a line of its own, and flags are read as the command reads them.
func TestAskingForJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for line, want := range map[string]bool{"plan --log-format json": true, "goose -log-format=json up": true, "plan": false,
		"plan --log-format text": false, "plan --log-format json --log-format text": false, "exec -- x --log-format json": false,
		"exec --log-format json -- x": true, "plan --log-format": false} {
		is.Equal(asksJSON(strings.Fields(line)), want)
	}
}

// speak runs a command with JSON logs on a database of its own, and reads what it says.
func speak(t *testing.T, line string) (code int, said spoken) {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, events+`; create table old partition of events for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00'); create table taken (at timestamptz not null) partition by range (at); create table taken__2054_01_01 ()`)
	args := strings.Fields(line)
	place := 1
	if args[0] == "atlas" {
		place = 2
	}
	if args[0] != "--log-format" {
		args = append(args[:place:place], append([]string{"--log-format=json"}, args[place:]...)...)
	}
	cmd := exec.Command("partsmith-migrate", args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "DATABASE_URL="+db.URL, "GORACE=atexit_sleep_ms=0")
	stageFiles(t, cmd.Dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), read(t, stderr.String())
}

func read(t *testing.T, stderr string) (said spoken) {
	t.Helper()
	for text := range strings.Lines(stderr) {
		record := spoken{{}}
		if err := json.Unmarshal([]byte(text), &record[0]); err != nil || record[0].Time == "" || record[0].Level == "" || record[0].Msg == "" {
			t.Errorf("no record: %s", text)
		}
		said = append(said, record...)
	}
	return said
}

func stageFiles(t *testing.T, folder string) {
	t.Helper()
	const header = "version: 1\ndatabase: ${DATABASE_URL}\ntables:\n"
	for name, text := range map[string]string{
		"partsmith.yaml":           header + "  - {table: public.events, every: 1 day, ahead: 3, keep: 3}\n",
		"taken.yaml":               header + "  - {table: public.taken, every: 1 month, ahead: 3, name: '{table}__{yyyy}_{mm}_{dd}'}\n",
		"wrong.yaml":               "version: 1\ntables:\n  - table: public.events\n    evry: 1 day\n",
		"broken/partsmith.yaml":    header + "  - {table: public.events, every: 1 day}\n",
		"broken/.env":              "!!\n",
		"migrations/00001_one.sql": "-- +goose Up\ncreate table one ();\n",
		"failing/00001_bad.sql":    "-- +goose Up\nselect nope;\n",
		"schema.hcl":               "schema \"public\" {}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
