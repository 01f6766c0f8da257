package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
)

// Database is an empty database that belongs to one test and is dropped after it, whoever is still connected.
type Database struct {
	Name   string
	URL    string
	Server *Server

	pool *sql.DB
	host *host
}

// New makes a database on the server that the tests of this process share. The test is skipped where no server is
// installed, but fails if CI=true.
func New(t testing.TB) *Database {
	t.Helper()
	return sharedHost(t).database(t, "")
}

// NewEncoded is New with another encoding than UTF8, such as LATIN1. The test's own pool speaks UTF8 all the same.
func NewEncoded(t testing.TB, encoding string) *Database {
	t.Helper()
	return sharedHost(t).database(t, " encoding '"+encoding+"' locale 'C'")
}

// database makes one, with more words for CREATE DATABASE. Only template0 can be made in another encoding.
func (h *host) database(t testing.TB, more string) *Database {
	t.Helper()
	d := &Database{Name: h.name(t.Name()), Server: h.server, host: h}
	d.URL = h.server.URL(d.Name)
	template := h.template
	if more != "" {
		template = "template0"
	}
	h.exec(t, "create database "+d.Name+" template "+template+more)
	t.Cleanup(func() { h.exec(t, "drop database if exists "+d.Name+" with (force)") })
	d.pool = open(t, d.URL+"&client_encoding=UTF8")
	return d
}

// SQL returns the test's pool, as superuser. It is closed after the test.
func (d *Database) SQL() *sql.DB { return d.pool }

// Conn returns one session of the pool, given back after the test.
func (d *Database) Conn(t testing.TB) *sql.Conn {
	t.Helper()
	conn, err := d.pool.Conn(t.Context())
	if err != nil {
		t.Fatalf("connect to %s: %v", d.Name, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Exec runs statements and fails the test with the first that fails. Several, divided by semicolons, are one transaction
// unless there are arguments, which only one statement can have.
func (d *Database) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := d.pool.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("run %s: %v", query, err)
	}
}

// Text returns the only value of a query as text, the empty string for NULL.
func (d *Database) Text(t testing.TB, query string, args ...any) string {
	t.Helper()
	var value sql.NullString
	if err := d.pool.QueryRowContext(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatalf("ask %s: %v", query, err)
	}
	return value.String
}

// As opens another pool on the database, as the role given. It is closed after the test.
func (d *Database) As(t testing.TB, role string) *sql.DB {
	t.Helper()
	return open(t, d.Server.URLAs(d.Name, role, ""))
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// host is the shared server with a session pool for the making and dropping of databases.
type host struct {
	server   *Server
	template string
	admin    *sql.DB
	count    atomic.Int64
}

func newHost() (*host, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	server, err := Start(ctx, Options{})
	if err != nil {
		return nil, err
	}
	admin, err := sql.Open("pgx", server.URL("postgres"))
	if err != nil {
		server.Stop()
		return nil, err
	}
	h := &host{server: server, template: "pgtest_template", admin: admin}
	if _, err := admin.ExecContext(ctx, "create role "+passwordGroup+" nologin"); err != nil {
		server.Stop()
		return nil, fmt.Errorf("prepare server: %w", err)
	}
	if _, err := admin.ExecContext(ctx, "create database "+h.template+" is_template true allow_connections false"); err != nil {
		server.Stop()
		return nil, fmt.Errorf("prepare server: %w", err)
	}
	return h, nil
}

func sharedHost(t testing.TB) *host {
	t.Helper()
	h, err := shared()
	switch {
	case err == nil:
		return h
	case isNoServer(err) && os.Getenv("CI") != "true":
		t.Skipf("%v (`make servers` installs one)", err)
	default:
		t.Fatal(err)
	}
	return nil
}

// name makes an identifier that needs no quotes out of a test's name.
func (h *host) name(test string) string {
	plain := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}
	text := strings.Map(plain, strings.ToLower(test))
	return fmt.Sprintf("t%d_%s", h.count.Add(1), text[:min(len(text), 45)])
}

// exec works also in a cleanup, where the test's context has ended.
func (h *host) exec(t testing.TB, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if _, err := h.admin.ExecContext(ctx, query); err != nil {
		t.Fatalf("%s: %v\n%s", query, err, h.server.Log())
	}
}
