package gooseext

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
)

// Alteration is a statement for every partition of a table, in both directions. {partition} stands for the name.
type Alteration struct {
	Table string // the partitioned table, as SQL writes it
	Up    string // ALTER TABLE {partition} SET (fillfactor = 90)
	Down  string // ALTER TABLE {partition} RESET (fillfactor)
}

// placeholder is where the name of each partition goes.
const placeholder = "{partition}"

// AlterPartitions is a Go migration that adjusts the partitions of a table: what ALTER TABLE on the parent does not bring
// to them, such as storage parameters, replica identity or row security. It concerns the tables that are attached when it runs and
// hold rows themselves, in the order of their names, DEFAULT included; foreign tables and detached partitions are left alone.
//
// All of them are altered or none. Where another session holds a lock that is needed, everything is undone and
// tried again, for up to 30 s.
func AlterPartitions(source string, a Alteration) (*goose.Migration, error) {
	table, err := catalog.ParseName(a.Table)
	if err != nil {
		return nil, fmt.Errorf("make migration %s: %w", source, err)
	}
	for _, statement := range []string{a.Up, a.Down} {
		if !strings.Contains(statement, placeholder) {
			return nil, fmt.Errorf("make migration %s: %q does not say %s", source, statement, placeholder)
		}
	}
	return transactional(source,
		patient("alter partitions of "+table.String(), forEach(table, a.Up)),
		patient("alter partitions of "+table.String()+" back", forEach(table, a.Down)))
}

// forEach runs a statement for every partition.
func forEach(table catalog.Name, statement string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		var names []catalog.Name
		err := lookedAt(ctx, tx, func() (err error) {
			names, err = leaves(ctx, tx, table)
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, strings.ReplaceAll(statement, placeholder, name.String())); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
}

// leaves are the ordinary tables below a partitioned one.
func leaves(ctx context.Context, tx *sql.Tx, table catalog.Name) ([]catalog.Name, error) {
	reader, err := catalog.ReadingWithin(ctx, tx)
	if err != nil {
		return nil, err
	}
	snapshot, err := reader.Read(ctx, []catalog.Want{{Table: table}})
	if err != nil {
		return nil, err
	}
	found := snapshot.Tables[0]
	if found.Missing {
		return nil, &executor.OperationError{Table: table, Reason: executor.MissingTable}
	}
	return attached(nil, &found), nil
}

func attached(names []catalog.Name, table *catalog.Table) []catalog.Name {
	for _, p := range table.Partitions {
		switch {
		case p.State != catalog.Attached:
		case p.Inner != nil:
			names = attached(names, p.Inner)
		case p.Kind == "r":
			names = append(names, p.Name)
		}
	}
	return names
}
