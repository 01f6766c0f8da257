package atlasext_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// patience bounds every wait for a server; no test depends on how long something takes below it.
const patience = time.Minute

// instant is a day, or an instant with its offset.
func instant(text string) time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("not an instant: " + text)
}

// world is a database whose schema Atlas's HCL describes, seen through a connection that is scoped to one schema, or
// through one that sees all.
type world struct {
	*testing.T
	*is.I
	db     *pgtest.Database
	pool   *sql.DB
	schema string // where the tables are
	scoped bool
}

// inWorlds runs a test with either kind of connection.
func inWorlds(t *testing.T, test func(w *world)) {
	t.Parallel()
	for _, scoped := range []bool{true, false} {
		t.Run(map[bool]string{true: "schema", false: "realm"}[scoped], func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, I: is.New(t), db: pgtest.New(t), schema: "public", scoped: scoped}
			w.pool = w.db.SQL()
			if scoped {
				w.schema = "app"
				w.db.Exec(t, "create schema app")
				w.pool = w.poolIn("app")
			}
			test(w)
		})
	}
}

// poolIn is a pool of one connection whose search_path is one schema.
func (w *world) poolIn(schema string) *sql.DB {
	w.T.Helper()
	mark := "?"
	if strings.Contains(w.db.URL, "?") {
		mark = "&"
	}
	pool, err := sql.Open("pgx", w.db.URL+mark+"search_path="+schema)
	w.NoErr(err)
	pool.SetMaxOpenConns(1)
	w.T.Cleanup(func() { _ = pool.Close() })
	return pool
}

// conn is a session of the world's pool, given back when the test ends.
func (w *world) conn() *sql.Conn {
	w.T.Helper()
	conn, err := w.pool.Conn(w.T.Context())
	w.NoErr(err)
	w.T.Cleanup(func() { _ = conn.Close() })
	return conn
}

// exec runs statements in the world's schema, in one session.
func (w *world) exec(statements string) {
	w.T.Helper()
	w.db.Exec(w.T, "set search_path = "+w.schema+"; "+statements+"; reset search_path")
}

// text is the only value of a query, asked with the world's schema as search_path.
func (w *world) text(query string) string {
	w.T.Helper()
	return w.db.Text(w.T, strings.ReplaceAll(query, "$ns", w.schema))
}

// desired evaluates HCL, in which $ns stands for the world's schema.
func (w *world) desired(hcl string) *atlasext.Desired {
	w.T.Helper()
	d, err := w.source(hcl, ".hcl").Read(w.T.Context())
	w.NoErr(err)
	return d
}

func (w *world) source(text, extension string) atlasext.Source {
	w.T.Helper()
	file := filepath.Join(w.T.TempDir(), "schema"+extension)
	w.NoErr(os.WriteFile(file, []byte(strings.ReplaceAll(text, "$ns", w.schema)), 0o600))
	s := atlasext.Source{Files: []string{file}}
	if w.scoped {
		s.Schema = w.schema
	}
	return s
}

// runner wants what the HCL says, at an instant.
func (w *world) runner(hcl, at string) atlasext.Runner {
	w.T.Helper()
	r := atlasext.Runner{Desired: w.desired(hcl), Allow: []atlasext.Allowed{{Guard: atlasext.Empty}}, RetryFor: patience, Executor: executor.Executor{AtDestroys: true, RetryFor: patience}}
	if w.scoped {
		r.Schema = w.schema
	}
	if at != "" {
		r.At = instant(at)
	}
	return r
}

// plan says what a runner would do.
func (w *world) plan(r atlasext.Runner) *atlasext.Plan {
	w.T.Helper()
	conn := w.session()
	defer conn.Close()
	p, err := r.Plan(w.T.Context(), conn)
	w.NoErr(err)
	return p
}

// run is a run that must succeed and leave nothing to do.
func (w *world) run(r atlasext.Runner) *atlasext.Report {
	w.T.Helper()
	report, err := w.try(r)
	if err != nil {
		w.T.Fatalf("run: %v", err)
	}
	for _, result := range report.Results {
		w.NoErr(result.Err())
	}
	if p := w.plan(r); p.Due() {
		w.T.Fatalf("after the run there is still to do: %v %v", changesOf(p), p.Partitions)
	}
	return report
}

func (w *world) try(r atlasext.Runner) (*atlasext.Report, error) {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn := w.session()
	defer conn.Close()
	return r.Run(ctx, conn)
}

func (w *world) session() *sql.Conn {
	w.T.Helper()
	conn, err := w.pool.Conn(w.T.Context())
	w.NoErr(err)
	return conn
}

func changesOf(p *atlasext.Plan) []string {
	var all []string
	for _, c := range p.Changes {
		all = append(all, c.SQL)
	}
	return all
}

// partitions counts what is attached to a table.
func (w *world) partitions(table string) string {
	w.T.Helper()
	return w.text(fmt.Sprintf("select count(*) from pg_inherits where inhparent = '$ns.%s'::regclass", table))
}

// exists reports whether a table of the world's schema exists.
func (w *world) exists(table string) bool {
	w.T.Helper()
	return w.text(fmt.Sprintf("select to_regclass('$ns.%s') is not null", table)) == "true"
}

// eventsHCL is a schema with one partitioned table, with room for further columns and so on, and for its policy.
func eventsHCL(more, policy string) string {
	return `
schema "$ns" {}
table "events" {
  schema = schema.$ns
  column "id" {
    null = false
    type = bigint
  }
  column "at" {
    null = false
    type = timestamptz
  }
  primary_key {
    columns = [column.id, column.at]
  }
  ` + more + `
  partition {
    type    = RANGE
    columns = [column.at]
    ` + policy + `
  }
}
`
}

// dailyHCL is a policy that wants few partitions.
const dailyHCL = `lifecycle {
      every = "1 day"
      ahead = 3
    }`

// attachDays attaches a partition of a day to events for each day from the first on.
func (w *world) attachDays(first string, days int) {
	w.T.Helper()
	day, err := time.Parse(time.DateOnly, first)
	w.NoErr(err)
	for i := range days {
		from := day.AddDate(0, 0, i)
		w.exec(fmt.Sprintf("create table events__%s partition of events for values from ('%s 00:00+00') to ('%s 00:00+00')",
			from.Format("2006_01_02"), from.Format(time.DateOnly), from.AddDate(0, 0, 1).Format(time.DateOnly)))
	}
}

// eventsSQL makes the table that eventsHCL describes.
const eventsSQL = `create table events (id bigint not null, at timestamptz not null, primary key (id, at)) partition by range (at)`
