package atlasext_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"ariga.io/atlas/sql/migrate"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
	"github.com/partsmith/partsmith-migrate/plugin/plugintest"
)

// history remembers in memory which files of a database were applied.
type history struct {
	migrate.NopRevisionReadWriter
	code func() // called where the program of a user may panic
	all  []*migrate.Revision
}

func (h *history) ReadRevisions(context.Context) ([]*migrate.Revision, error) {
	if h.code != nil {
		h.code()
	}
	return h.all, nil
}

func (h *history) ReadRevision(_ context.Context, version string) (*migrate.Revision, error) {
	for _, one := range h.all {
		if one.Version == version {
			return one, nil
		}
	}
	return nil, migrate.ErrRevisionNotExist
}

func (h *history) WriteRevision(ctx context.Context, one *migrate.Revision) error {
	if _, err := h.ReadRevision(ctx, one.Version); err != nil {
		h.all = append(h.all, one)
	}
	return nil
}

// Both ways of going up; SQL of one's own goes down.
func TestConformanceOfVersioned(t *testing.T) {
	t.Parallel()
	for name, up := range map[string]func(context.Context, atlasext.Versioned, *sql.Conn, plugintest.Migration, *history) ([]executor.Result, error){
		"execute": execute,
		"run":     run,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var histories sync.Map
			plugintest.Run(t, plugintest.Adapter{
				Migrator: "atlas",
				Database: func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() },
				Panics:   true,
				Locks:    true,
				Run: func(ctx context.Context, db *sql.DB, p plugin.Plugin, m plugintest.Migration) ([]executor.Result, error) {
					conn, err := db.Conn(ctx)
					if err != nil {
						return nil, err
					}
					defer conn.Close()
					versioned := atlasext.Versioned{Plugin: p, Direction: m.Direction}
					if m.Direction == plugin.Down {
						return versioned.Run(ctx, conn, func(ctx context.Context) error {
							_, err := conn.ExecContext(ctx, m.Down)
							return err
						})
					}
					past, _ := histories.LoadOrStore(db, &history{})
					return up(ctx, versioned, conn, m, past.(*history))
				},
			})
		})
	}
}

func execute(ctx context.Context, v atlasext.Versioned, conn *sql.Conn, m plugintest.Migration, past *history) ([]executor.Result, error) {
	dir, err := only(m)
	if err != nil {
		return nil, err
	}
	past.code = m.Code
	return v.Execute(ctx, conn, atlasext.Migrations{Dir: dir, Revisions: past, Options: []migrate.ExecutorOption{migrate.WithAllowDirty(true)}})
}

func run(ctx context.Context, v atlasext.Versioned, conn *sql.Conn, m plugintest.Migration, past *history) ([]executor.Result, error) {
	dir, err := only(m)
	if err != nil {
		return nil, err
	}
	past.code = m.Code
	return v.Run(ctx, conn, func(ctx context.Context) error {
		driver, err := atlasext.Open(conn, atlasext.DriverOptions{})
		if err != nil {
			return err
		}
		executor, err := migrate.NewExecutor(driver, dir, past, migrate.WithAllowDirty(true))
		if err != nil {
			return err
		}
		return executor.ExecuteN(ctx, 0)
	})
}

// only is a folder with one migration.
func only(m plugintest.Migration) (migrate.Dir, error) {
	dir := &migrate.MemDir{}
	if err := dir.WriteFile("1_only.sql", []byte(m.Up+";")); err != nil {
		return nil, err
	}
	sum, err := dir.Checksum()
	if err != nil {
		return nil, err
	}
	return dir, migrate.WriteSumFile(dir, sum)
}
