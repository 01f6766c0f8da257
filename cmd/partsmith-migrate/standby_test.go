package main

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// pair is a primary and a replica that shows what happened there, with a document for both.
type pair struct {
	t                *testing.T
	primary, replica *pgtest.Server
	folder           string
}

func newPair(t *testing.T, schema, document string) *pair {
	t.Helper()
	pgtest.New(t) // skipped where no server is installed
	p := &pair{t: t, folder: t.TempDir()}
	if err := os.WriteFile(filepath.Join(p.folder, "partsmith.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	p.primary = p.start(pgtest.Options{})
	database, err := sql.Open("pgx", p.primary.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if _, err := database.ExecContext(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	p.replica = p.start(pgtest.Options{Primary: p.primary})
	return p
}

func (p *pair) start(options pgtest.Options) *pgtest.Server {
	p.t.Helper()
	server, err := pgtest.Start(p.t.Context(), options)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(server.Stop)
	return server
}

// run gives the exit code and what was said.
func (p *pair) run(server *pgtest.Server, args ...string) (code int, out, err string) {
	p.t.Helper()
	flag := "--database-url"
	if args[0] == "atlas" {
		flag = "--url"
	}
	cmd := exec.CommandContext(p.t.Context(), "partsmith-migrate", append(args, flag, server.URL("postgres"))...)
	var stdout, stderr strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.folder, &stdout, &stderr
	if failed := cmd.Run(); failed != nil && cmd.ProcessState == nil {
		p.t.Fatal(failed)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// A hot standby answers what the primary would, with all that plans ask: rows in DEFAULT, foreign keys, sizes.
func TestReadingOnAStandby(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := newPair(t, standbySchema, standbyDocument)
	const at = "2054-03-20T08:00:00Z"
	for _, line := range []string{"validate --at " + at, "plan --at " + at, "plan --format json --at " + at, "plan --format sql --at " + at,
		"status --at " + at, "status --check --at " + at, "status --format json --at " + at, "status --format prometheus --at " + at} {
		is.NoErr(p.replica.CatchUp(context.Background(), p.primary))
		code, want, warned := p.run(p.primary, strings.Fields(line)...)
		got, out, said := p.run(p.replica, strings.Fields(line)...)
		is.Equal(got, code) // as on the primary
		is.Equal(said, warned)
		is.True(len(out) >= len(want)) // the same, and that it is a standby
	}
	_, out, _ := p.run(p.replica, "plan", "--at", at)
	is.True(strings.Contains(out, "note standby: nothing can be changed on this server"))
	is.True(strings.Contains(out, "+ public.events__2054_03_20"))
	_, out, _ = p.run(p.replica, "status", "--format", "json", "--at", at)
	is.True(strings.Contains(out, `"code": "standby"`))

	code, _, _ := p.run(p.primary, "apply", "--at", at)
	is.Equal(code, 0)
	is.NoErr(p.replica.CatchUp(context.Background(), p.primary))
	code, out, _ = p.run(p.replica, "plan", "--check", "--at", at)
	is.Equal(code, 0)
	is.True(strings.Contains(out, "nothing to do"))
}

// What changes something is refused, with the way out.
func TestWritingOnAStandby(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := newPair(t, standbySchema, standbyDocument)
	code, _, said := p.run(p.replica, "apply")
	is.Equal(code, 1)
	is.True(strings.Contains(said, "it is a standby, where nothing can be changed; connect to the primary"))
	is.True(strings.Contains(said, "it is a standby, where nothing can be changed; connect to the primary"))

	hcl := "schema \"public\" {}\ntable \"made\" {\n  schema = schema.public\n  column \"n\" { type = int }\n}\n"
	is.NoErr(os.WriteFile(filepath.Join(p.folder, "schema.hcl"), []byte(hcl), 0o600))
	code, _, said = p.run(p.replica, "atlas", "apply", "--auto-approve", "--allow-drop-partitioned", "public.events", "--allow-empty", "--to", "file://schema.hcl")
	is.Equal(code, 1)
	is.True(!strings.Contains(said, "CREATE TABLE")) // it is seen before anything is tried
	is.True(strings.Contains(said, "it is a standby, where nothing can be changed; connect to the primary"))
}

const (
	standbySchema = `create table events (id bigint not null, at timestamptz not null, primary key (id, at)) partition by range (at);
create table events__2054_03_01 partition of events for values from ('2054-03-01 00:00+00') to ('2054-03-02 00:00+00');
create table events_rest partition of events default;
insert into events select 1, '2054-03-01 00:00+00'::timestamptz + n * interval '1 day' from generate_series(0, 9) n;
create table refers (id bigint, at timestamptz, foreign key (id, at) references events);
analyze;`
	standbyDocument = `version: 1
tables:
  - {table: public.events, every: 1 day, ahead: 3, keep: 5, drop_after: 0}
`
)
