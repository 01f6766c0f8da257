package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// reading reads through a pool, a session, or a transaction that is there already.
func reading(ctx context.Context, q catalog.Querier, do func(*catalog.Reader) error) error {
	switch q := q.(type) {
	case *sql.DB:
		conn, err := q.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		return catalog.Reading(ctx, conn, do)
	case *sql.Conn:
		return catalog.Reading(ctx, q, do)
	}
	return readingWithin(ctx, q, do)
}

// readingWithin reads behind a savepoint.
func readingWithin(ctx context.Context, q catalog.Querier, do func(*catalog.Reader) error) error {
	if _, err := q.ExecContext(ctx, "savepoint look"); err != nil {
		return err
	}
	r, err := catalog.ReadingWithin(ctx, q)
	if err == nil {
		err = do(r)
	}
	_, back := q.ExecContext(ctx, "rollback to savepoint look")
	return errors.Join(err, back)
}

// read reads tables under a deadline that only a wait for a lock would miss.
func read(t testing.TB, q catalog.Querier, wants ...catalog.Want) catalog.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var s catalog.Snapshot
	err := reading(ctx, q, func(r *catalog.Reader) (err error) {
		s, err = r.Read(ctx, wants)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func want(name string) catalog.Want {
	n, _ := catalog.ParseName(name) // what cannot be read is the empty name, which no table has
	return catalog.Want{Table: n}
}

// readOne reads a single table.
func readOne(t testing.TB, q catalog.Querier, name string) catalog.Table {
	t.Helper()
	return read(t, q, want(name)).Tables[0]
}

// partition finds a partition by its name alone.
func partition(t testing.TB, table catalog.Table, name string) catalog.Partition {
	t.Helper()
	i := slices.IndexFunc(table.Partitions, func(p catalog.Partition) bool { return p.Name.Table == name })
	if i < 0 {
		t.Fatalf("%s has no partition %s: %v", table.Name, name, names(table))
	}
	return table.Partitions[i]
}

func names(table catalog.Table) []string {
	var names []string
	for _, p := range table.Partitions {
		names = append(names, p.Name.Table)
	}
	return names
}

// session is one connection on which statements may fail.
func session(t testing.TB, pool *sql.DB) *sql.Conn {
	t.Helper()
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func run(t testing.TB, conn *sql.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("run %s: %v", s, err)
		}
	}
}

// leavePending interrupts a DETACH CONCURRENTLY while a reader holds the parent.
func leavePending(t testing.TB, db *pgtest.Database, parent, partition string) {
	t.Helper()
	reader, detacher := session(t, db.SQL()), session(t, db.SQL())
	run(t, reader, "begin", "select count(*) from "+parent)
	run(t, detacher, "set statement_timeout = '200ms'")
	_, err := detacher.ExecContext(t.Context(), "alter table "+parent+" detach partition "+partition+" concurrently")
	if err == nil || !strings.Contains(err.Error(), "57014") {
		t.Fatalf("detach was not interrupted: %v", err)
	}
	run(t, detacher, "reset statement_timeout")
	run(t, reader, "rollback")
}

const marker = "pg-partsmith:orphan-parent=%s\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00\npartsmith:oid=%d/%d bound=%s"
