package session

import (
	"context"
	"database/sql"

	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

// A session may come with a statement_timeout that cuts off almost everything: migrations leave one behind, or a role has it. Until
// it is lifted, what is sent may have to be sent again.

// mostHurried is how often that is done.
const mostHurried = 20

// unhurried runs what takes almost no time, and can be repeated.
func unhurried(ctx context.Context, run func() error) error {
	err := run()
	for tries := 1; sqlstate.Of(err) == "57014" && ctx.Err() == nil && tries < mostHurried; tries++ {
		err = run()
	}
	return err
}

// unlimited runs a query that takes some time. One that is cut off is run again in a transaction that has no limit; what it was
// outside of it says foundTimeout there.
func unlimited(ctx context.Context, conn *sql.Conn, run func() error) error {
	err := run()
	if sqlstate.Of(err) != "57014" || ctx.Err() != nil {
		return err
	}
	lift := func() error {
		_, err := conn.ExecContext(ctx, "BEGIN READ ONLY; SELECT pg_catalog.set_config('partsmith.timeout', "+
			"pg_catalog.current_setting('statement_timeout'), true); SET LOCAL statement_timeout = 0")
		if err != nil && sqlstate.Of(err) != "25P02" { // which is in somebody else's transaction
			_, _ = conn.ExecContext(ctx, "ROLLBACK") // where it has begun
		}
		return err
	}
	if err := unhurried(ctx, lift); err != nil {
		return err
	}
	err = run()
	if _, ended := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
		return ended
	}
	return err
}

// foundTimeout is SQL for a row of pg_settings, s: its setting, as it is outside of unlimited.
const foundTimeout = `case when s.name operator(pg_catalog.=) 'statement_timeout' and pg_catalog.current_setting('partsmith.timeout', true) operator(pg_catalog.<>) ''
  then pg_catalog.current_setting('partsmith.timeout', true) else s.setting end`
