package pgtest_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	one, two := pgtest.New(t), pgtest.New(t)
	one.Exec(t, `create table t ()`)
	two.Exec(t, `create table t ()`)
	is.Equal(one.Text(t, `select current_database()`), one.Name)
	is.True(one.Name != two.Name)
	is.True(strings.HasPrefix(one.Text(t, `show server_version`), one.Server.Installation.Version))
	if wanted := os.Getenv("PARTSMITH_PG_VERSION"); wanted != "" {
		is.Equal(one.Text(t, `select current_setting('server_version_num')::int / 10000`), wanted)
	}
	is.Equal(one.Text(t, `show server_encoding`), "UTF8")
}

func TestADatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	outer := pgtest.New(t)
	var name string
	var held *sql.Conn
	t.Run("inner", func(t *testing.T) {
		inner := pgtest.New(t)
		name = inner.Name
		// A session that the test forgot does not keep its database.
		stranger, err := sql.Open("pgx", inner.URL)
		is.NoErr(err)
		held, err = stranger.Conn(t.Context())
		is.NoErr(err)
	})
	is.Equal(outer.Text(t, `select count(*) from pg_database where datname = $1`, name), "0")
	is.True(held.PingContext(t.Context()) != nil)
}

func TestRole(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	outer := pgtest.New(t)
	var role string
	t.Run("inner", func(t *testing.T) {
		db := pgtest.New(t)
		role = db.Role(t, "owner", "noinherit")
		db.Exec(t, `create table mine (); alter table mine owner to `+role)
		var me string
		is.NoErr(db.As(t, role).QueryRowContext(t.Context(), `select current_user`).Scan(&me))
		is.Equal(me, role)
	})
	is.Equal(outer.Text(t, `select count(*) from pg_roles where rolname = $1`, role), "0")
}

func TestRoleWithPassword(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	role := db.RoleWithPassword(t, "guarded", "right")
	for password, enters := range map[string]bool{"right": true, "wrong": false, "": false} {
		pool, err := sql.Open("pgx", db.Server.URLAs(db.Name, role, password))
		is.NoErr(err)
		is.Equal(pool.PingContext(t.Context()) == nil, enters) // password
		is.NoErr(pool.Close())
	}
}

// The first database waits for the server; the others should cost a test next to nothing.
func TestNewIsQuick(t *testing.T) {
	pgtest.New(t)
	const count = 20
	start := time.Now()
	for range count {
		pgtest.New(t)
	}
	each := time.Since(start) / count
	t.Logf("%v each", each)
	if each > time.Second {
		t.Errorf("a database took %v", each)
	}
}
