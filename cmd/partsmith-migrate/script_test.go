package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// The test binary is the program as well, under its name in PATH: scripts and tests run it as a user would.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"partsmith-migrate": main, "child": child})
}

// Each script of testdata/script runs in a database of its own, addressed by DATABASE_URL.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			stage := &stage{t: t, database: pgtest.New(t)}
			testscript.Run(t, testscript.Params{Files: []string{file}, Setup: stage.setUp, RequireExplicitExec: true, Deadline: time.Now().Add(10 * time.Minute),
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"sql": stage.sql, "code": code, "role": stage.role, "standby": stage.standby, "hold": stage.hold, "dev": stage.dev, "dotenv": stage.dotenv}})
		})
	}
}

// stage is what a script plays on.
type stage struct {
	t        *testing.T
	database *pgtest.Database
	held     *sql.Conn
}

func (s *stage) setUp(env *testscript.Env) error {
	env.Setenv("DATABASE_URL", s.database.URL)
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command waits a second before it ends, where races are looked for
	return nil
}

// sql runs statements: `sql 'select 1'` or, from a file of the script, `sql @setup.sql`. What a query gives goes to stdout.
func (s *stage) sql(ts *testscript.TestScript, neg bool, args []string) {
	text := strings.Join(args, " ")
	if name, ok := strings.CutPrefix(text, "@"); ok {
		text = ts.ReadFile(name)
	}
	ctx := context.Background()
	if !strings.HasPrefix(strings.TrimSpace(strings.ToLower(text)), "select") {
		_, err := s.database.SQL().ExecContext(ctx, text)
		ts.Check(err)
		return
	}
	var value sql.NullString
	ts.Check(s.database.SQL().QueryRowContext(ctx, text).Scan(&value))
	_, err := fmt.Fprintln(ts.Stdout(), value.String)
	ts.Check(err)
}

// code runs a command and holds its exit code: `code 2 partsmith-migrate plan`.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// role makes a role and puts its URL into a variable: `role APP_URL`; with a password: `role APP_URL secret`.
func (s *stage) role(ts *testscript.TestScript, neg bool, args []string) {
	password := ""
	var name string
	if len(args) > 1 {
		password = args[1]
		name = s.database.RoleWithPassword(s.t, "app", password)
	} else {
		name = s.database.Role(s.t, "app")
	}
	ts.Setenv(args[0], s.database.Server.URLAs(s.database.Name, name, password))
	ts.Setenv(args[0]+"_ROLE", name)
	ts.Setenv(args[0]+"_WRONG", s.database.Server.URLAs(s.database.Name, name, "wr0ng-s3cret"))
}

// dev makes one more database and puts its URL into a variable.
func (s *stage) dev(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], pgtest.New(s.t).URL)
}

// dotenv writes the database's URL into the .env file of the current folder, as a variable.
func (s *stage) dotenv(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(".env"), []byte(args[0]+"="+s.database.URL+"\n"), 0o600))
}

// standby starts a standby and puts its URL into a variable.
func (s *stage) standby(ts *testscript.TestScript, neg bool, args []string) {
	server, err := pgtest.Start(context.Background(), pgtest.Options{Standby: true})
	ts.Check(err)
	ts.Defer(server.Stop)
	ts.Setenv(args[0], server.URL("postgres"))
}

// hold keeps a session in a transaction after a statement; `hold` without one lets it go.
func (s *stage) hold(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	if len(args) == 0 {
		_, err := s.held.ExecContext(ctx, "rollback; select pg_advisory_unlock_all()")
		ts.Check(err)
		ts.Check(s.held.Close())
		return
	}
	conn, err := s.database.SQL().Conn(ctx)
	ts.Check(err)
	s.held = conn
	_, err = conn.ExecContext(ctx, "set application_name = 'other'; begin; "+strings.Join(args, " "))
	ts.Check(err)
}
