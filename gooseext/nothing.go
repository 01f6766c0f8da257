package gooseext

import (
	"context"

	"github.com/pressly/goose/v3"
)

// migrator is what a goose provider can do.
type migrator interface {
	Up(context.Context) ([]*goose.MigrationResult, error)
	UpTo(context.Context, int64) ([]*goose.MigrationResult, error)
	UpByOne(context.Context) (*goose.MigrationResult, error)
	Down(context.Context) (*goose.MigrationResult, error)
	DownTo(context.Context, int64) ([]*goose.MigrationResult, error)
	Status(context.Context) ([]*goose.MigrationStatus, error)
	HasPending(context.Context) (bool, error)
	GetVersions(context.Context) (current, target int64, err error)
	ListSources() []*goose.Source
}

// nothing is the migrator where there are no migrations. It touches no database.
type nothing struct{}

func (nothing) Up(context.Context) ([]*goose.MigrationResult, error) { return nil, nil }

func (nothing) UpTo(context.Context, int64) ([]*goose.MigrationResult, error) { return nil, nil }

func (nothing) UpByOne(context.Context) (*goose.MigrationResult, error) {
	return nil, goose.ErrNoNextVersion
}

func (nothing) Down(context.Context) (*goose.MigrationResult, error) {
	return nil, goose.ErrNoNextVersion
}

func (nothing) DownTo(context.Context, int64) ([]*goose.MigrationResult, error) { return nil, nil }

func (nothing) Status(context.Context) ([]*goose.MigrationStatus, error) { return nil, nil }

func (nothing) HasPending(context.Context) (bool, error) { return false, nil }

func (nothing) GetVersions(context.Context) (current, target int64, err error) { return 0, 0, nil }

func (nothing) ListSources() []*goose.Source { return nil }
