package atlasext

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// ChangeError is a statement of the schema phase that failed. With TxFile nothing of the phase was done.
type ChangeError struct {
	Change   Change
	SQLState string // empty where it was not the server
	Attempts int
	Cause    error
}

func (e *ChangeError) Error() string {
	text := "change schema: " + e.Change.SQL
	if e.Change.SQL == "" {
		text = "change schema"
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(": tried %d times", e.Attempts)
	}
	return text + ": " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *ChangeError) Unwrap() error { return e.Cause }

// The defaults of the schema phase. The limit stays below deadlock_timeout (1 s), so that we and not a writer lose a deadlock.
const (
	defaultLockTimeout = 500 * time.Millisecond
	defaultRetry       = 30 * time.Second
)

// The pauses between two tries.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 2 * time.Second
)

// phase is the schema phase of one run.
type phase struct {
	conn     *sql.Conn
	limit    time.Duration // lock_timeout
	retry    time.Duration
	version  int // of the server
	attempts int
	applied  []Change
}

func (r *run) phase(version int) *phase {
	return &phase{conn: r.conn, limit: cmp.Or(max(r.LockTimeout, 0), defaultLockTimeout), retry: cmp.Or(r.RetryFor, defaultRetry), version: version}
}

// apply carries changes out: those of the transaction first, then what must stand outside.
func (p *phase) apply(ctx context.Context, changes []Change, mode TxMode) error {
	var inside, outside []Change
	for _, c := range changes {
		if c.Outside {
			outside = append(outside, c)
		} else {
			inside = append(inside, c)
		}
	}
	groups := [][]Change{inside}
	if mode == TxNone {
		groups = nil
		for _, c := range inside {
			groups = append(groups, []Change{c})
		}
	}
	for _, group := range groups {
		if err := p.patiently(ctx, func() error { return p.transaction(ctx, group) }); err != nil {
			return err
		}
		p.applied = append(p.applied, group...)
	}
	for _, c := range outside {
		if err := p.patiently(ctx, func() error { return p.alone(ctx, c) }); err != nil {
			return err
		}
		p.applied = append(p.applied, c)
	}
	return nil
}

// patiently tries again while others are in the way.
func (p *phase) patiently(ctx context.Context, try func() error) error {
	began, pause := time.Now(), firstPause
	for attempt := 1; ; attempt++ {
		p.attempts++
		err := try()
		var failed *ChangeError
		if err == nil || !errors.As(err, &failed) {
			return err
		}
		failed.Attempts = attempt
		if !inTheWay(failed.SQLState) || time.Since(began)+pause > p.retry || !sleep(ctx, pause) {
			return err
		}
		pause = min(pause*3/2, lastPause)
	}
}

// inTheWay tells whether an SQLSTATE means that others had a lock: lock_not_available, deadlock_detected, serialization_failure.
func inTheWay(state string) bool { return state == "55P03" || state == "40P01" || state == "40001" }

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// transaction sends statements one by one, so that each keeps its SQLSTATE.
func (p *phase) transaction(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	tx, err := p.conn.BeginTx(ctx, nil)
	if err != nil {
		return changeError(Change{}, err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, p.settings("SET LOCAL", p.limit)); err != nil {
		return changeError(Change{}, err)
	}
	for _, c := range changes {
		if _, err := tx.ExecContext(ctx, c.SQL); err != nil {
			return changeError(c, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return changeError(Change{SQL: "COMMIT"}, err)
	}
	return nil
}

// settings bound the waiting for locks, and nothing else: building an index takes the time it takes.
func (p *phase) settings(set string, limit time.Duration) string {
	text := fmt.Sprintf("%s lock_timeout = %d; %s statement_timeout = 0", set, limit.Milliseconds(), set)
	if p.version >= 170000 { // transaction_timeout exists from 17 on
		text += "; " + set + " transaction_timeout = 0"
	}
	return text
}

// alone sends a statement outside any transaction, with settings of the session that are put back.
//
// CREATE INDEX CONCURRENTLY waits for transactions that began before it, under lock_timeout as well (14 to 18). Nobody waits
// for it meanwhile, so it may take as long as there is time to retry.
func (p *phase) alone(ctx context.Context, c Change) error {
	limit := p.limit
	if c.undo != "" {
		limit = max(p.retry, p.limit)
	}
	back, err := p.saved(ctx)
	if err != nil {
		return changeError(Change{}, err)
	}
	if _, err := p.conn.ExecContext(ctx, p.settings("SET", limit)); err != nil {
		return changeError(Change{}, errors.Join(err, p.tidy(ctx, back)))
	}
	if _, err = p.conn.ExecContext(ctx, c.SQL); err != nil {
		failed := changeError(c, err)
		if c.undo != "" && ctx.Err() == nil {
			_, _ = p.conn.ExecContext(ctx, c.undo) // what stays is found by the next run
		}
		return errors.Join(failed, p.tidy(ctx, back))
	}
	return p.tidy(ctx, back)
}

// saved is what puts the settings of the session back.
func (p *phase) saved(ctx context.Context) (text string, err error) {
	const query = `select coalesce(string_agg(format('SET %I = %L', name, case when setting = reset_val then null else setting end), '; '), '')
from pg_catalog.pg_settings where name in ('lock_timeout', 'statement_timeout', 'transaction_timeout')`
	err = p.conn.QueryRowContext(ctx, query).Scan(&text)
	return strings.ReplaceAll(text, " = NULL", " = DEFAULT"), err
}

// tidy works also after the end of ctx. A session on which it fails is closed for good.
func (p *phase) tidy(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	_, err := p.conn.ExecContext(ctx, text)
	if err != nil {
		_ = lock.Discard(ctx, p.conn)
	}
	return err
}

func changeError(c Change, err error) error {
	failed := &ChangeError{Change: c, Cause: err}
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		failed.SQLState = stated.SQLState()
	}
	return failed
}
