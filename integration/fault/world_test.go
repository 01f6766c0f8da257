package fault_test

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// patience bounds every wait; no test depends on how long something takes below it.
const patience = time.Minute

//go:embed testdata/world.sql
var worldSQL string

// worlds makes databases that are all alike: partitioned tables on a day on which a run has everything to do.
type worlds struct {
	server   *pgtest.Server
	admin    *sql.DB
	template string
	count    atomic.Int64
	before   state // what every world is like at first
	after    state // and after a run that nothing disturbed
	messages int   // how many messages the client sends in such a run
}

// newWorlds makes the template on the server that the tests of this package share.
func newWorlds(t *testing.T) *worlds {
	t.Helper()
	db := pgtest.New(t)
	return worldsOn(t, db.Server, db.Name)
}

// worldsOn makes the template on a server, and learns from a run that nothing disturbs.
func worldsOn(t *testing.T, server *pgtest.Server, name string) *worlds {
	t.Helper()
	ws := &worlds{server: server, admin: open(t, server.URL("postgres")), template: name + "_world"}
	ws.exec(t, "create database "+ws.template)
	ws.furnish(t)
	ws.learn(t)
	return ws
}

func (ws *worlds) exec(t *testing.T, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := ws.admin.ExecContext(ctx, query); err != nil {
		t.Fatalf("%s: %v\n%s", query, err, ws.server.Log())
	}
}

// furnish fills the template. A detach that is interrupted takes a reader, and cannot be in the file.
func (ws *worlds) furnish(t *testing.T) {
	t.Helper()
	pool := open(t, ws.server.URL(ws.template))
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), worldSQL); err != nil {
		t.Fatal(err)
	}
	interrupt(t, pool, "events", "events__2090_06_08")
	interrupt(t, pool, "orders", "orders__2090_06_13")
}

// interrupt leaves a detach pending: a reader holds the parent, and the wait for it is given up.
func interrupt(t *testing.T, pool *sql.DB, parent, partition string) {
	t.Helper()
	reader, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.Exec("lock table " + parent + " in access share mode"); err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), "set lock_timeout = '20ms'")
	if err == nil {
		_, err = conn.ExecContext(t.Context(), "alter table "+parent+" detach partition "+partition+" concurrently")
	}
	if err == nil || !strings.Contains(err.Error(), "55P03") {
		t.Fatalf("the detach of %s was not interrupted: %v", partition, err)
	}
}

// learn makes a run that nothing disturbs.
func (ws *worlds) learn(t *testing.T) {
	t.Helper()
	w := ws.open(t)
	defer w.close()
	ws.before = w.state()
	proxy := w.through()
	switch err := maintain(t.Context(), proxy.URL(), full); {
	case slowed(err):
		w.close()
		ws.learn(t)
		return
	case err != nil:
		t.Fatalf("a run that nothing disturbs: %v", err)
	}
	ws.messages, ws.after = proxy.Count(), w.state()
	w.nothingDue()
}

// world is one database of them.
type world struct {
	testing.TB
	*worlds
	name  string
	pool  *sql.DB
	close func() // may be called more than once
}

// open makes a world. It is dropped with close, or after the test.
func (ws *worlds) open(t *testing.T) *world {
	t.Helper()
	w := &world{TB: t, worlds: ws, name: fmt.Sprintf("%s_%d", ws.template, ws.count.Add(1))}
	ws.exec(t, "create database "+w.name+" template "+ws.template)
	w.pool = open(t, ws.server.URL(w.name))
	w.close = sync.OnceFunc(func() {
		_ = w.pool.Close()
		ws.exec(t, "drop database if exists "+w.name+" with (force)")
	})
	t.Cleanup(w.close)
	return w
}

// text is the only value of a query.
func (w *world) text(query string, args ...any) string {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var value sql.NullString
	if err := w.pool.QueryRowContext(ctx, query, args...).Scan(&value); err != nil {
		w.Fatalf("%s: %s: %v", w.name, query, err)
	}
	return value.String
}

// await asks until a query says true. What the server does after a minute, it may do after three.
func (w *world) await(query string, args ...any) {
	w.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for began := time.Now(); w.text(query, args...) != "true"; <-again.C {
		if time.Since(began) > 3*patience {
			w.Fatalf("never came true: %s", query)
		}
	}
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}
