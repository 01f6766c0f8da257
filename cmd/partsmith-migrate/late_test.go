package main

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Further sessions, such as the one that looks on, come from the database that is there already: one that was replaced by another
// would never be closed.
func TestSessionsComeFromOneDatabase(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	connected, failing := 0, errors.New("not up yet")
	sessions := &late{connect: func(ctx context.Context) (*sql.DB, *sql.Conn, error) {
		if connected++; connected == 1 {
			return nil, nil, failing
		}
		conn, err := db.SQL().Conn(ctx)
		return db.SQL(), conn, err
	}}
	_, err := sessions.Conn(t.Context())
	is.True(errors.Is(err, failing))
	is.True(sessions.database == nil)
	for range 3 {
		conn, err := sessions.Conn(t.Context())
		is.NoErr(err)
		defer conn.Close()
	}
	is.Equal(connected, 2)
	is.Equal(sessions.database, db.SQL())
}
