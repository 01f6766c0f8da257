package session_test

import (
	"context"
	"database/sql"

	"github.com/partsmith/partsmith-migrate/core/session"
)

func Example() {
	work := func(ctx context.Context, source session.Source, before *session.Settings) error {
		conn, err := source.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		s := session.On(conn)
		if err := s.Begin(ctx, before); err != nil {
			return err
		}
		defer s.End(ctx)
		if err := s.Prepare(ctx, 180000); err != nil {
			return err
		}
		return s.Transaction(ctx, "BEGIN; ALTER TABLE events ADD CHECK (id > 0) NOT VALID; COMMIT")
	}
	var pool *sql.DB // a pool is a source of sessions
	_, _ = work, pool
}
