//go:build unix

package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// clients are others at work through a pooler, in many short transactions, until the test ends.
func clients(t *testing.T, url string, count int) {
	t.Helper()
	pool, err := sql.Open("pgx", url+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait(); _ = pool.Close() })
	for range count {
		all.Go(func() {
			for ctx.Err() == nil {
				_, _ = pool.ExecContext(ctx, "select pg_sleep(random() * 0.002)")
			}
		})
	}
}

// Run after run goose refuses a transaction pooler before it has locked anything, applies nothing, and leaves no lock behind for
// the next deploy. Through a session pooler it works.
func TestGooseThroughPoolers(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"transaction", "session"} {
		for _, load := range []int{0, 6} {
			for _, protocol := range []string{"", "&default_query_exec_mode=simple_protocol"} {
				t.Run(fmt.Sprintf("%s %d %s", mode, load, protocol), func(t *testing.T) {
					t.Parallel()
					is := is.New(t)
					db := pgtest.New(t)
					db.Exec(t, events)
					b := db.Bounce(t, mode, 10)
					if load > 0 {
						clients(t, b.URL, load)
					}
					dir := t.TempDir()
					for run := range 12 {
						name := filepath.Join(dir, fmt.Sprintf("%05d_one.sql", run+1))
						is.NoErr(os.WriteFile(name, []byte(fmt.Sprintf("-- +goose Up\ncreate table t%d ();\n", run)), 0o600))
						p := given(t, db, "  - {table: public.events, every: 1 day, ahead: 3}\n")("goose", "up", "-dir", dir)
						p.cmd.Args[len(p.cmd.Args)-1] = b.URL + protocol
						p.begin(t)
						code := p.end(t)
						if mode == "transaction" {
							is.Equal(code, 1)
							is.True(strings.Contains(p.err.String(), "connect to the server directly or use session pooling"))
						} else if code != 0 {
							t.Fatalf("%d: %s", code, p.err.String())
						}
						is.Equal(db.Text(t, advisoryGone), "true")
					}
					is.Equal(db.Text(t, `select count(*) from pg_class where relname ~ '^t\d+$'`), map[string]string{"transaction": "0", "session": "12"}[mode])
				})
			}
		}
	}
}

// Reading through a transaction pooler works, and apply is refused.
func TestReadingThroughATransactionPooler(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	b := db.Bounce(t, "transaction", 4)
	clients(t, b.URL, 3)
	command := given(t, db, "  - {table: public.events, every: 1 day, ahead: 3}\n")
	for _, line := range []struct {
		code int
		args []string
	}{{0, []string{"validate"}}, {0, []string{"plan"}}, {0, []string{"status"}}, {1, []string{"apply"}}} {
		p := command(line.args...)
		p.cmd.Args[len(p.cmd.Args)-1] = b.URL
		p.begin(t)
		if code := p.end(t); code != line.code {
			t.Errorf("%s: %d, %s%s", line.args, code, p.out.String(), p.err.String())
		}
	}
	is.Equal(db.Text(t, advisoryGone), "true")
	is.Equal(db.Text(t, "select count(*) from pg_inherits"), "0")
}
