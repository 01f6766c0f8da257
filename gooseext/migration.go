package gooseext

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

// transactional is a Go migration whose two directions both run in a transaction with goose's version row.
func transactional(source string, up, down func(context.Context, *sql.Tx) error) (*goose.Migration, error) {
	return named(source, &goose.GoFunc{RunTx: up}, &goose.GoFunc{RunTx: down})
}

// named is a Go migration of two directions in the same mode. Source is its file name, with the version in front, and is always
// set: without it goose prints a dot for a name, and its package functions fail (v3.29). Two modes in one migration would be
// worse there: the one for up is silently not run.
func named(source string, up, down *goose.GoFunc) (*goose.Migration, error) {
	version, err := goose.NumericComponent(source)
	if err != nil {
		return nil, fmt.Errorf("name migration %q: %w", source, err)
	}
	if filepath.Ext(source) != ".go" {
		return nil, fmt.Errorf("name migration %q: a Go migration is named like a Go file, 00007_events.go", source)
	}
	m := goose.NewGoMigration(version, up, down)
	m.Source = source
	return m, nil
}

// patient is a direction of a migration that gives way to others: it is tried again where it met a lock.
func patient(what string, work func(context.Context, *sql.Tx) error) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		if err := patiently(ctx, tx, work); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
}

// text is a direction that runs SQL.
func text(statement string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	}
}
