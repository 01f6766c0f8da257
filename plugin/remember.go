package plugin

import (
	"context"
	"database/sql"

	"github.com/partsmith/partsmith-migrate/core/session"
)

// remember fills in the settings of a run that is about to begin. What keeps it from reading them also keeps the migrator from
// working, which says so itself, or will be gone by then.
func (l Lifecycle) remember(ctx context.Context, run Run) {
	if run.Settings == nil || !run.Settings.IsZero() || len(l.Tasks) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, session.TidyTime)
	defer cancel()
	conn, done := l.before(ctx, run)
	if conn == nil {
		return
	}
	defer done()
	if found, err := session.Read(ctx, conn); err == nil {
		*run.Settings = *found
	}
}

// before is a session as the migrator will find it, nil where none can be had at once.
func (l Lifecycle) before(ctx context.Context, run Run) (*sql.Conn, func()) {
	pool, shared := l.Sessions.(*sql.DB)
	if run.Conn == nil && (!shared || full(pool.Stats())) {
		return nil, nil
	}
	conn, done, err := l.connect(ctx, run)
	if err != nil {
		return nil, nil
	}
	return conn, done
}

// full reports whether a pool has no connection to give: the one who runs the migrator may have it.
func full(s sql.DBStats) bool { return s.MaxOpenConnections > 0 && s.InUse >= s.MaxOpenConnections }
