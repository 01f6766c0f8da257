package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// stage is a table on 2090-06-15 that needs one kind of operation.
type stage struct {
	name   string
	days   []string // that have a partition, with rows
	after  string   // SQL
	ahead  string
	drop   string // drop_after, empty: never
	counts executor.Counts
}

func stages() []stage {
	old := []string{"2090-06-01", "2090-06-02", "2090-06-03", "2090-06-15"}
	return []stage{
		{name: "creation", days: old[3:], ahead: "6", counts: executor.Counts{Created: 5}},
		{name: "detach, concurrent", days: old, ahead: "1", counts: executor.Counts{Detached: 3}},
		{name: "detach, plain", days: old, ahead: "1", counts: executor.Counts{Detached: 3},
			after: "create table events_rest partition of events default"},
		{name: "drop", days: old, ahead: "1", drop: "1 day", counts: executor.Counts{Dropped: 3},
			after: marked("2090-06-01") + marked("2090-06-02") + marked("2090-06-03")},
		{name: "finalize", days: []string{old[0], old[3]}, ahead: "1", counts: executor.Counts{Finalized: 1}},
		{name: "attach", days: []string{"2090-06-14", old[3]}, ahead: "1", counts: executor.Counts{Attached: 1}, after: marked("2090-06-14")},
	}
}

// child is the name of a day's partition.
func child(day string) string { return "events__" + strings.ReplaceAll(day, "-", "_") }

func bound(day string) string {
	begins, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	const layout = "2006-01-02 15:04:05+00"
	return fmt.Sprintf("FOR VALUES FROM ('%s') TO ('%s')", begins.Format(layout), begins.AddDate(0, 0, 1).Format(layout))
}

// marked is SQL that detaches a day's partition as a run does that was made long ago.
func marked(day string) string {
	return fmt.Sprintf(`alter table events detach partition %[1]s;
		do $$ begin execute format('comment on table %[1]s is %%L', format(E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2090-06-04T00:00:00+00:00\npartsmith:oid=%%s/%%s bound=%%s',
			'%[1]s'::regclass::oid, 'events'::regclass::oid, %[2]s)); end $$;`, child(day), catalog.QuoteLiteral(bound(day)))
}

// set makes the stage in a database.
func (s stage) set(b *testing.B, db *pgtest.Database) {
	b.Helper()
	db.Exec(b, `create table events (id bigint generated always as identity, at timestamptz not null, note text, primary key (id, at)) partition by range (at);
		create index on events (at)`)
	for _, day := range s.days {
		db.Exec(b, "create table "+child(day)+" partition of events "+bound(day))
		db.Exec(b, "insert into events (at, note) select $1::timestamptz + n * interval '1 second', repeat('x', 100) from generate_series(1, 10000) n", day)
	}
	if s.after != "" {
		db.Exec(b, s.after)
	}
	if s.counts.Finalized > 0 {
		interrupt(b, db, child(s.days[0]))
	}
	db.Exec(b, "vacuum analyze")
}

// interrupt leaves a detach pending: a reader holds the parent, and the wait for it is given up.
func interrupt(b *testing.B, db *pgtest.Database, partition string) {
	b.Helper()
	reader, err := db.SQL().Begin()
	if err != nil {
		b.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.Exec("lock table events in access share mode"); err != nil {
		b.Fatal(err)
	}
	conn := db.Conn(b)
	_, err = conn.ExecContext(b.Context(), "set lock_timeout = '20ms'")
	if err == nil {
		_, err = conn.ExecContext(b.Context(), "alter table events detach partition "+partition+" concurrently")
	}
	if err == nil || !strings.Contains(err.Error(), "55P03") {
		b.Fatalf("the detach was not interrupted: %v", err)
	}
	if _, err := conn.ExecContext(b.Context(), "reset lock_timeout"); err != nil {
		b.Fatal(err)
	}
}

// act makes a run, and tells how long it took and what it could not do.
func (s stage) act(b *testing.B, url string, most time.Duration) (time.Duration, error) {
	b.Helper()
	pool, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	conn, err := pool.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	policy := lifecycle.Policy{Every: span(b, "1 day"), Ahead: span(b, s.ahead), Keep: span(b, "3")}
	if s.drop != "" {
		policy.DropAfter = span(b, s.drop)
	}
	tasks := []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "events"}, Policy: policy}}
	e := executor.Executor{Locker: lock.Polling{}, Wait: most, RetryFor: most, MaxTime: most, AtDestroys: true}
	began := time.Now()
	results, err := e.Run(context.Background(), conn, tasks, time.Date(2090, 6, 15, 12, 0, 0, 0, time.UTC))
	took := time.Since(began)
	for _, r := range results {
		err = errors.Join(err, r.Err())
	}
	if done := executor.Count(results...); err == nil && done != s.counts {
		b.Fatalf("%s: the run did %+v, not %+v", s.name, done, s.counts)
	}
	return took, err
}

func span(b testing.TB, text string) period.Span {
	s, err := period.ParseSpan(text)
	if err != nil {
		b.Fatal(err)
	}
	return s
}
