package plugin

import (
	"context"
	"database/sql"
	"errors"

	"github.com/partsmith/partsmith-migrate/core/session"
)

// ErrLeftOpen says that a migrator left a transaction open on the session that holds its lock. It was rolled back: whatever
// runs next on the session would have run in it, and its locks would have stayed with a session of a pool.
var ErrLeftOpen = errors.New("the migrator left a transaction open, and it was rolled back")

// LeftOpen rolls back a transaction that is open on the session, and is ErrLeftOpen then. It is nil where there was none, and
// where the session can no longer be asked. It works also after the end of ctx. A session on which it fails is closed for good.
func LeftOpen(ctx context.Context, conn *sql.Conn) error {
	s := session.On(conn)
	if err := s.LeftOpen(ctx); !errors.Is(err, session.ErrInTransaction) {
		return nil
	}
	if lost := s.Lost(); lost != nil {
		return errors.Join(ErrLeftOpen, lost)
	}
	return ErrLeftOpen
}
