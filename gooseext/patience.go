package gooseext

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// How long a migration tries to get its locks, and the pauses in between, during which it holds none.
const (
	patienceTime  = 30 * time.Second
	shortestPause = 250 * time.Millisecond
	longestPause  = 750 * time.Millisecond
)

// patiently works in a migration's transaction without making others queue behind it: it waits for a lock no longer than
// the executor does, and where that was not enough it takes everything back, its locks with it, and begins anew.
func patiently(ctx context.Context, tx *sql.Tx, work func(context.Context, *sql.Tx) error) error {
	deadline := time.Now().Add(patienceTime)
	for attempts := 1; ; attempts++ {
		err := attempt(ctx, tx, work)
		if err == nil || !metLock(err) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("gave up after %d attempts: %w", attempts, err)
		}
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_migration"); err != nil {
			return err
		}
		if !wait.For(ctx, shortestPause+rand.N(longestPause-shortestPause)) {
			return ctx.Err()
		}
	}
}

// attempt works once. What it does stays where it goes well; lock_timeout is put back to what it was.
func attempt(ctx context.Context, tx *sql.Tx, work func(context.Context, *sql.Tx) error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT partsmith_migration"); err != nil {
		return err
	}
	var before, now string
	limit := fmt.Sprintf("%dms", lifecycle.Limits{}.Filled().Lock.Milliseconds())
	const set = "select pg_catalog.current_setting('lock_timeout'), pg_catalog.set_config('lock_timeout', $1, true)"
	if err := tx.QueryRowContext(ctx, set, limit).Scan(&before, &now); err != nil {
		return err
	}
	if err := work(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "select pg_catalog.set_config('lock_timeout', $1, true)", before); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT partsmith_migration")
	return err
}

// lookedAt reads behind a savepoint, so that the settings which reading needs are gone afterwards.
func lookedAt(ctx context.Context, tx *sql.Tx, read func() error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT partsmith_look"); err != nil {
		return err
	}
	if err := read(); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_look")
	return err
}

// metLock reports whether another transaction stood in the way: lock_not_available, deadlock_detected.
func metLock(err error) bool {
	state := sqlstate.Of(err)
	return state == "55P03" || state == "40P01"
}
