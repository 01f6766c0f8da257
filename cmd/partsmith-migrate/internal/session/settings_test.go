package session

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func opened(t *testing.T, url string) *sql.DB {
	t.Helper()
	database, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	return database
}

func shows(t *testing.T, conn interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, name string) (value string) {
	t.Helper()
	if err := conn.QueryRowContext(t.Context(), "select current_setting('"+name+"')").Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Every connection of the pool has them, not only the first.
func TestEveryConnectionIsSafeguarded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	role := db.Role(t, "latin")
	db.Exec(t, "alter role "+role+" set client_encoding to 'LATIN1'")
	db.Exec(t, "alter role "+role+" set idle_session_timeout to '1d'")
	database := opened(t, db.Server.URLAs(db.Name, role, "")+"&client_encoding=SQL_ASCII")
	for range 3 {
		conn, err := database.Conn(t.Context())
		is.NoErr(err)
		defer conn.Close()
		is.Equal(shows(t, conn, "client_encoding"), "UTF8")
		is.Equal(shows(t, conn, "client_connection_check_interval"), "1s")
		is.Equal(shows(t, conn, "idle_session_timeout"), "1min")
	}
}

func TestAHostThatIsGoneIsNoticed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.New(t) // skipped where no server is installed
	server, err := pgtest.Start(t.Context(), pgtest.Options{Port: true})
	is.NoErr(err)
	t.Cleanup(server.Stop)
	database := opened(t, server.URL("postgres"))
	is.Equal(shows(t, database, "tcp_keepalives_idle"), "15")
	is.Equal(shows(t, database, "tcp_keepalives_interval"), "5")
	is.Equal(shows(t, database, "tcp_keepalives_count"), "3")
	is.Equal(shows(t, database, "tcp_user_timeout"), "30000")
}

// What the connection string says itself is left as it is said, but for the encoding.
func TestTheConnectionStringHasTheWord(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	database := opened(t, db.URL+"&idle_session_timeout=7s&application_name=mine")
	is.Equal(shows(t, database, "idle_session_timeout"), "7s")
	is.Equal(shows(t, database, "application_name"), "mine")
	database = opened(t, db.URL+"&options=-c%20client_connection_check_interval%3D9s")
	is.Equal(shows(t, database, "client_connection_check_interval"), "9s")
	is.Equal(shows(t, database, "idle_session_timeout"), "1min")
}

func TestSessionPoolingHasTheSafeguards(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	database := opened(t, db.Bounce(t, "session", 5).URL)
	conn, err := database.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	is.Equal(shows(t, conn, "idle_session_timeout"), "1min")
	lease, err := lock.Polling{}.Lock(t.Context(), conn, 0)
	is.NoErr(err)
	is.NoErr(lease.Release(t.Context()))
}

// Through transaction pooling one can read, and nothing of ours stays on the sessions of others.
func TestTransactionPoolingIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	b := db.Bounce(t, "transaction", 2)
	database := opened(t, b.URL)
	for range 20 {
		var name string
		is.NoErr(database.QueryRowContext(t.Context(), "select relname from pg_class where oid = $1", 1259).Scan(&name))
		is.Equal(shows(t, database, "idle_session_timeout"), "0")
	}
	conn, err := database.Conn(t.Context())
	is.NoErr(err)
	defer conn.Close()
	_, err = lock.Polling{}.Lock(t.Context(), conn, 0)
	is.True(errors.As(err, new(*lock.PooledError)))
}

// Names are read as they are in a database of any encoding.
func TestNamesInOtherEncodings(t *testing.T) {
	t.Parallel()
	for encoding, text := range map[string]string{"LATIN1": "évents", "WIN1252": "prix €", "EUC_JP": "出来事", "SQL_ASCII": "évents"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.NewEncoded(t, encoding)
			database := opened(t, db.URL)
			_, err := database.ExecContext(t.Context(), `create table "`+text+`" ()`)
			is.NoErr(err)
			var name string
			is.NoErr(database.QueryRowContext(t.Context(), "select relname from pg_class where relname = $1", text).Scan(&name))
			is.Equal(name, text)
		})
	}
}

func TestEncodingThatCannotBeTranslated(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.NewEncoded(t, "MULE_INTERNAL")
	_, err := Open(t.Context(), db.URL, Options{})
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "cannot translate its encoding, MULE_INTERNAL, into UTF8"))
}
