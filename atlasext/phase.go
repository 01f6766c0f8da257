package atlasext

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
	"github.com/partsmith/partsmith-migrate/internal/wait"
)

// The defaults of the schema phase. The limit stays below deadlock_timeout (1 s), so that we and not a writer lose a deadlock.
const (
	defaultLockTimeout = 500 * time.Millisecond
	defaultRetry       = 30 * time.Second
)

// phase is the schema phase of one run. It sends statements one by one, so that every failure keeps its SQLSTATE. What others are
// in the way of is rolled back as a whole, and tried again after a pause.
type phase struct {
	conn        *sql.Conn
	lockTimeout time.Duration // lock_timeout of every statement; zero: 500 ms
	retryFor    time.Duration // how long it is tried again; zero: 30 s, negative: it is tried once
	version     int           // of the server

	attempts int
	applied  []Change
}

// apply carries changes out: those of the transaction first, then what must stand outside, and with single each in a transaction of its own.
func (p *phase) apply(ctx context.Context, changes []Change, single bool) error {
	p.lockTimeout, p.retryFor = cmp.Or(max(p.lockTimeout, 0), defaultLockTimeout), cmp.Or(p.retryFor, defaultRetry)
	var inside, outside []Change
	for _, c := range changes {
		if c.Outside {
			outside = append(outside, c)
		} else {
			inside = append(inside, c)
		}
	}
	groups := [][]Change{inside}
	if single {
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
	began, pauses := time.Now(), wait.Pauses{First: 250 * time.Millisecond, Last: 2 * time.Second}
	for attempt := 1; ; attempt++ {
		p.attempts++
		err := try()
		var failed *ChangeError
		if err == nil || !errors.As(err, &failed) {
			return err
		}
		failed.Attempts = attempt
		pause := pauses.Next()
		if !inTheWay(failed.SQLState) || time.Since(began)+pause > p.retryFor || !wait.For(ctx, pause) {
			return err
		}
	}
}

// inTheWay reports whether an SQLSTATE means that others had a lock: lock_not_available, deadlock_detected, serialization_failure.
func inTheWay(state string) bool { return state == "55P03" || state == "40P01" || state == "40001" }

// transaction sends statements one by one, so that each keeps its SQLSTATE.
func (p *phase) transaction(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	tx, err := p.conn.BeginTx(ctx, nil)
	if err != nil {
		return failure(Change{}, err)
	}
	defer func() { _ = tx.Rollback() }()
	var limits string
	for _, set := range p.settings(p.lockTimeout) {
		limits += set.Local() + ";\n"
	}
	if _, err := tx.ExecContext(ctx, limits); err != nil {
		return failure(Change{}, err)
	}
	for _, c := range changes {
		if _, err := tx.ExecContext(ctx, c.SQL); err != nil {
			return failure(c, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return failure(Change{SQL: "COMMIT"}, err)
	}
	return nil
}

// settings bound the waiting for locks, and nothing else: building an index takes the time it takes.
func (p *phase) settings(limit time.Duration) []ddl.Setting {
	set := []ddl.Setting{{Name: "lock_timeout", Value: ddl.Millis(limit)}, {Name: "statement_timeout", Value: "0"}}
	if p.version >= 170000 { // transaction_timeout exists from 17 on
		set = append(set, ddl.Setting{Name: "transaction_timeout", Value: "0"})
	}
	return set
}

// alone sends a statement outside any transaction, with settings of the session that are put back.
//
// CREATE INDEX CONCURRENTLY waits for transactions that began before it, under lock_timeout as well (14 to 18). Nobody waits
// for it meanwhile, so it may take as long as there is time to retry.
func (p *phase) alone(ctx context.Context, c Change) error {
	limit := p.lockTimeout
	if c.builds != nil || c.clears != nil {
		limit = max(p.retryFor, p.lockTimeout)
	}
	begun := false
	var failed error
	err := session.On(p.conn).Under(ctx, p.settings(limit), "", func() error {
		begun, failed = true, p.send(ctx, c)
		return nil // whatever became of it, the settings are put back
	})
	switch {
	case !begun:
		return failure(Change{}, err)
	case failed != nil:
		return errors.Join(failure(c, failed), err)
	}
	return err
}

// send does what concerns an index by the index's OID, and all else as it is written.
func (p *phase) send(ctx context.Context, c Change) error {
	switch {
	case c.builds != nil:
		return p.build(ctx, c)
	case c.clears != nil:
		table, err := p.table(ctx, c.clears.table)
		if err != nil {
			return err
		}
		return p.clear(ctx, *c.clears, table)
	case c.drops != nil:
		if err := p.belongs(ctx, *c.drops); err != nil {
			return err
		}
	}
	_, err := p.conn.ExecContext(ctx, c.SQL)
	return err
}

func failure(c Change, err error) error {
	failed := &ChangeError{Change: c, SQLState: sqlstate.Of(err), Cause: err}
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) {
		failed.Detail, failed.Hint = server.Detail, server.Hint
	}
	return failed
}
