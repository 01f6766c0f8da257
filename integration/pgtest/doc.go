// Package pgtest starts throw-away PostgreSQL servers and gives each test a database of its own.
//
// A test asks for a database and forgets about the rest:
//
//	func TestAttach(t *testing.T) {
//		t.Parallel()
//		db := pgtest.New(t)
//		db.Exec(t, `create table events (at timestamptz) partition by range (at)`)
//		conn := db.Conn(t)
//		…
//	}
//
// All tests of one test process share one server, started by the first of them. It ends with the process,
// however the process ends: a guard watches the process and stops the server when it is gone, so no TestMain is needed.
//
// A program without tests starts a server by itself:
//
//	server, err := pgtest.Start(ctx, pgtest.Options{})
//	if err != nil {
//		return err
//	}
//	defer server.Stop()
//	db, err := sql.Open("pgx", server.URL("postgres"))
//
// # Which server
//
// Binaries are looked for in this order: the folders of PARTSMITH_PG_BIN (where it is set, only these), the folder .postgres of the
// module (`make servers` fills it), PATH, and the usual places of Debian, Red Hat, Homebrew and Postgres.app.
// PARTSMITH_PG_VERSION chooses a major version; without it the newest is taken.
// A test that finds none is skipped, unless CI=true, where it fails.
//
// # What the server is like
//
// It listens on a unix socket in a temporary folder (on Windows: on a free loopback port), trusts everybody who may enter that
// folder, and keeps nothing safe: fsync is off. PostgreSQL refuses to run as root; there it runs as the user postgres, or nobody.
package pgtest
