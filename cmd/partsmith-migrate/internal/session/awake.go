package session

import (
	"context"
	"database/sql"
	"time"
)

// breath is how often a session that has nothing to do says a word: well within its idle_session_timeout.
const breath = 20 * time.Second

// Awake keeps a session from being ended as idle while work goes on that does not use it, such as waiting for somebody to
// answer. A session that is lost meanwhile says so at its next statement.
func Awake(ctx context.Context, conn *sql.Conn, work func()) { awake(ctx, conn, breath, work) }

func awake(ctx context.Context, conn *sql.Conn, every time.Duration, work func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = conn.PingContext(context.WithoutCancel(ctx)) // a ping that was cut off would end the session
			}
		}
	}()
	defer func() { cancel(); <-ended }()
	work()
}
