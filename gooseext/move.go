package gooseext

import (
	"context"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/plugin"
)

// Up is goose's Up, followed by maintenance. A failed migration is goose's error as goose made it (errors.As finds the
// *goose.PartialError), and only creation follows; a failed maintenance is a MaintenanceError, and the results of the
// migrations are returned beside it.
//
// If nothing is pending and nothing is due, no lock is taken.
func (p *Provider) Up(ctx context.Context) ([]*goose.MigrationResult, error) {
	return p.several(ctx, plugin.Up, p.migrator.Up)
}

// UpTo is goose's UpTo, followed by maintenance. See Up.
func (p *Provider) UpTo(ctx context.Context, version int64) ([]*goose.MigrationResult, error) {
	return p.several(ctx, plugin.Up, func(ctx context.Context) ([]*goose.MigrationResult, error) {
		return p.migrator.UpTo(ctx, version)
	})
}

// UpByOne is goose's UpByOne, followed by maintenance. See Up. With nothing to apply it is goose.ErrNoNextVersion, after
// maintenance.
func (p *Provider) UpByOne(ctx context.Context) (*goose.MigrationResult, error) {
	return p.single(ctx, plugin.Up, p.migrator.UpByOne)
}

// Down is goose's Down. Nothing is maintained.
func (p *Provider) Down(ctx context.Context) (*goose.MigrationResult, error) {
	return p.single(ctx, plugin.Down, p.migrator.Down)
}

// DownTo is goose's DownTo. Nothing is maintained.
func (p *Provider) DownTo(ctx context.Context, version int64) ([]*goose.MigrationResult, error) {
	return p.several(ctx, plugin.Down, func(ctx context.Context) ([]*goose.MigrationResult, error) {
		return p.migrator.DownTo(ctx, version)
	})
}

// Status is goose's Status, which takes the lock.
func (p *Provider) Status(ctx context.Context) ([]*goose.MigrationStatus, error) {
	return p.migrator.Status(ctx)
}

// HasPending is goose's HasPending. It tells about migrations alone.
func (p *Provider) HasPending(ctx context.Context) (bool, error) { return p.migrator.HasPending(ctx) }

// GetVersions is goose's GetVersions.
func (p *Provider) GetVersions(ctx context.Context) (current, target int64, err error) {
	return p.migrator.GetVersions(ctx)
}

// ListSources is goose's ListSources.
func (p *Provider) ListSources() []*goose.Source { return p.migrator.ListSources() }

// several runs what gives several results. Those of a failed run are in goose's error alone, as with goose.
func (p *Provider) several(ctx context.Context, direction plugin.Direction,
	migrate func(context.Context) ([]*goose.MigrationResult, error)) (results []*goose.MigrationResult, err error) {
	_, err = p.Around(ctx, direction, func(ctx context.Context) ([]*goose.MigrationResult, error) {
		var failed error
		results, failed = migrate(ctx)
		return results, failed
	})
	return results, err
}

// single runs what gives one result or none.
func (p *Provider) single(ctx context.Context, direction plugin.Direction,
	migrate func(context.Context) (*goose.MigrationResult, error)) (result *goose.MigrationResult, err error) {
	_, err = p.Around(ctx, direction, func(ctx context.Context) ([]*goose.MigrationResult, error) {
		var failed error
		if result, failed = migrate(ctx); result == nil {
			return nil, failed
		}
		return []*goose.MigrationResult{result}, failed
	})
	return result, err
}
