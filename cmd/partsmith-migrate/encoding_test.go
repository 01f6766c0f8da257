//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// given makes a document and gives the program that runs on it.
func given(t *testing.T, db *pgtest.Database, document string) func(args ...string) *program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "partsmith.yaml")
	if err := os.WriteFile(file, []byte("version: 1\ntables:\n"+document), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) *program {
		p := &program{cmd: exec.Command("partsmith-migrate", append(args, "-f", file, "--database-url", db.URL)...)}
		p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
		return p
	}
}

// The whole life of partitions whose names and key are not in ASCII, in databases that are not in UTF-8.
func TestOtherEncodings(t *testing.T) {
	t.Parallel()
	for encoding, names := range map[string][2]string{"LATIN1": {"évents", "zeit_ü"}, "WIN1252": {"prix_€", "zeit_ü"},
		"EUC_JP": {"出来事", "時"}, "SQL_ASCII": {"évents", "zeit_ü"}} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.NewEncoded(t, encoding)
			db.Exec(t, `create table "`+names[0]+`" ("`+names[1]+`" timestamptz not null) partition by range ("`+names[1]+`")`)
			command := given(t, db, `  - {table: '"`+names[0]+`"', column: '"`+names[1]+`"', every: 1 day, ahead: 2, keep: 2, drop_after: 1 day}`)
			for _, step := range []struct{ at, done string }{
				{"2026-11-20T12:00:00Z", `"created": 2`}, {"2026-11-22T12:00:00Z", `"detached": 1`}, {"2027-01-01T12:00:00Z", `"dropped": 1`},
			} {
				p := command("apply", "--at", step.at, "--at-destroys", "--format", "json")
				p.begin(t)
				code := p.end(t)
				if code != 0 || !strings.Contains(p.out.String(), step.done) {
					t.Fatalf("%s: %d, %s\n%s", step.at, code, p.err.String(), p.out.String())
				}
			}
			is.Equal(db.Text(t, "select count(*) from pg_inherits where inhparent = $1::regclass", `"`+names[0]+`"`), "2")
		})
	}
}

// A name that the database's encoding does not have is said to be that.
func TestNameThatAnEncodingLacks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.NewEncoded(t, "LATIN1")
	db.Exec(t, `create table events (at timestamptz not null) partition by range (at)`)
	p := given(t, db, "  - {table: events, every: 1 day, ahead: 2}\n  - {table: '\"出来事\"', every: 1 day, ahead: 2}\n")("plan")
	p.begin(t)
	code := p.end(t)
	is.Equal(code, 1)
	is.True(strings.Contains(p.err.String(), `has no equivalent in encoding "LATIN1"`))
}
