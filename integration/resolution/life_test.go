package resolution

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// tables have one of each: no DEFAULT, a small and a large one, foreign keys out and in.
const tables = `
create schema app;
create table app.plain (at timestamptz not null, n int) partition by range (at);
create table app.beside (at timestamptz not null) partition by range (at);
create table app.beside_rest partition of app.beside default;
insert into app.beside values ('2001-01-01 00:00Z');
create table app.large (at date not null, pad text) partition by range (at);
create table app.large_rest partition of app.large default;
insert into app.large select '2001-01-01', repeat('x', 1000) from generate_series(1, 25000);
create table app.ref (id int primary key);
create table app.tied (at timestamptz, id int references app.ref, primary key (at, id)) partition by range (at);
create table app.points (at timestamptz, id int, foreign key (at, id) references app.tied);
create table app.owned (at timestamp not null) partition by range (at);
create publication listed for table app.ref;`

const policies = `
version: 1
lock: goose
tables:
  - {table: plain, every: 1 day, ahead: 3, keep: 2, drop_after: 1 day}
  - {table: app.beside, every: 1 day, ahead: 3, keep: 2, drop_after: 1 day}
  - {table: app.large, every: 1 day, ahead: 14, keep: 30, drop_after: 1 day, default_check: allowed}
  - {table: app.tied, every: 1 day, ahead: 3, keep: 2, drop_after: 1 day}
  - {table: app.owned, every: 1 day, ahead: 3, keep: 2, drop_after: 1 day}
`

// stage is a database and the command, whose document and migrations lie in a folder.
type stage struct {
	*testing.T
	db   *pgtest.Database
	hand *sql.Conn // of a person: what is sent on it is not looked at
	dir  string
	bin  string
	noon time.Time
}

// newStage prepares a database; sessions opened from now on have the search_path.
func newStage(t *testing.T, bin, path string, prepare ...string) stage {
	t.Helper()
	s := stage{T: t, db: pgtest.New(t), dir: t.TempDir(), bin: bin, noon: time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)}
	s.hand = s.db.Conn(t)
	role := s.db.Role(t, "")
	s.by(tables, "alter table app.owned owner to "+role, fmt.Sprintf("create table %s partition of app.large for values from ('%s') to ('%s')",
		s.day("large", 0), s.noon.Format(time.DateOnly), s.noon.AddDate(0, 0, 1).Format(time.DateOnly)))
	s.by(prepare...)
	s.by("set search_path = pg_catalog", "alter database "+s.db.Name+" set search_path = "+path, "alter database "+s.db.Name+" set log_statement = 'all'")
	s.write("partsmith.yaml", policies)
	s.write("migrations/00001_nothing.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n")
	return s
}

// by runs statements by hand.
func (s stage) by(statements ...string) {
	s.Helper()
	for _, statement := range statements {
		if _, err := s.hand.ExecContext(s.Context(), statement); err != nil {
			s.Fatalf("run %.200s: %v", statement, err)
		}
	}
}

func (s stage) write(name, text string) {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		s.Fatal(err)
	}
}

// run runs the command, which must end with that code, and gives what it printed.
func (s stage) run(code int, args ...string) string {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), s.bin, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.db.URL, "GOOSE_DRIVER=postgres", "GOOSE_DBSTRING="+s.db.URL, "GOOSE_MIGRATION_DIR=migrations",
		"GOOSE_TABLE=app.goose_db_version")
	out, err := cmd.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		s.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		s.Errorf("%v ends with %d, not %d:\n%s", args, got, code, out)
	}
	return string(out)
}

// on runs it as of noon some days from now.
func (s stage) on(day, code int, args ...string) string {
	s.Helper()
	return s.run(code, append(args, "--at", s.noon.AddDate(0, 0, day).Format(time.RFC3339), "--at-destroys", "--database-url", s.db.URL)...)
}

// day is the name of a partition.
func (s stage) day(table string, day int) string {
	return "app." + table + "__" + s.noon.AddDate(0, 0, day).Format("2006_01_02")
}

// live lives a whole life: every command that speaks to a database, and every kind of operation.
func (s stage) live() {
	s.Helper()
	s.on(0, 0, "validate")
	s.on(0, 0, "plan")
	s.does(s.on(0, 0, "apply"), "created")
	s.on(0, 0, "status")
	s.run(0, "goose", "up")
	s.run(0, "exec", "--database-url", s.db.URL, "--", "true")
	s.by(ownThings)
	if plan := s.on(3, 0, "plan"); !strings.Contains(plan, "check many") {
		s.Errorf("new partitions are not like the newest:\n%s", plan)
	}
	s.does(s.on(3, 0, "apply"), "detached", "created")
	s.by("create index on app.plain (n)", "create unique index on app.tied (at, id)", "alter table app.plain add foreign key (n) references app.ref",
		"insert into "+s.day("plain", 1)+" select '"+s.noon.AddDate(0, 0, 1).Format(time.RFC3339)+"', null from pg_catalog.generate_series(1, 1000)")
	s.does(s.on(1, 0, "apply"), "attached")

	s.by("comment on table " + s.day("plain", 3) + " is 'pg-partsmith:orphan-parent=app.plain\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00'")
	s.interrupt("plain", 1)
	s.does(s.on(1, 0, "apply"), "finished", "attached", "unmarked")
	s.interrupt("plain", 1)
	s.does(s.on(4, 0, "apply"), "finished")

	s.by("select pg_advisory_lock(4097083626)")
	s.on(6, 4, "apply", "--wait", "0s")
	s.by("select pg_advisory_unlock(4097083626)", "begin", "lock table app.beside in share mode")
	s.on(6, 5, "apply", "--retry-for", "300ms")
	s.by("commit")
	s.does(s.on(9, 0, "apply"), "detached", "dropped")
	s.does(s.on(12, 0, "apply"), "dropped")
	s.on(12, 0, "status")
}

// ownThings are what the partitions of a table have and it lacks itself.
const ownThings = `do $$ declare p regclass; begin
	for p in select inhrelid::regclass from pg_inherits where inhparent = 'app.plain'::regclass loop
		execute format('create index on %1$s (abs(n) desc) where n > 3; create unique index on %1$s (at, n); alter table %1$s add constraint many check (n is null or n < 100),
			alter n set statistics 300, add unique (n); create statistics app.s_%2$s on at, (abs(n)) from %1$s;
			create trigger once before update on %1$s for each row when (new.n > 3) execute function suppress_redundant_updates_trigger();
			create policy mine on %1$s using (n > 3); comment on column %1$s.n is $x$number$x$', p, p::oid);
	end loop; end $$`

// does holds that operations of every kind were done.
func (s stage) does(out string, words ...string) {
	s.Helper()
	for _, word := range words {
		if !strings.Contains(out, word) {
			s.Errorf("nothing was %s:\n%s", word, out)
		}
	}
}

// interrupt leaves a concurrent detach pending: a reader holds the parent, so it waits until it is cancelled.
func (s stage) interrupt(table string, day int) {
	s.Helper()
	other := s.db.Conn(s.T)
	var pid int
	if _, err := other.ExecContext(s.Context(), "set log_statement = none"); err != nil {
		s.Fatal(err)
	}
	if err := other.QueryRowContext(s.Context(), "select pg_catalog.pg_backend_pid()").Scan(&pid); err != nil {
		s.Fatal(err)
	}
	s.by("begin", "lock table app."+table+" in access share mode")
	ended := make(chan error, 1)
	go func() {
		_, err := other.ExecContext(s.Context(), "alter table app."+table+" detach partition "+s.day(table, day)+" concurrently")
		ended <- err
	}()
	for pending := false; !pending; {
		if err := s.hand.QueryRowContext(s.Context(), "select exists (select from pg_inherits where inhdetachpending)").Scan(&pending); err != nil {
			s.Fatal(err)
		}
	}
	s.by(fmt.Sprintf("select pg_cancel_backend(%d)", pid))
	if err := <-ended; err == nil {
		s.Error("the detach was not interrupted")
	}
	s.by("commit")
}

func compile(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "partsmith-migrate")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../../cmd/partsmith-migrate").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}
