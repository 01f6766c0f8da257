package main

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// late gives sessions of a database that is connected to when the first one is asked for: after a command that may take long.
type late struct {
	connect func(context.Context) (*sql.DB, *sql.Conn, error)

	mu       sync.Mutex
	database *sql.DB   // nil: it was not asked for, or not reached
	since    time.Time // since when it is connected to
}

// Conn connects once. Further sessions are of the same pool.
func (l *late) Conn(ctx context.Context) (conn *sql.Conn, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.database != nil {
		return l.database.Conn(ctx)
	}
	l.database, conn, err = l.connect(ctx)
	l.since = time.Now()
	return conn, err
}
