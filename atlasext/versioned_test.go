package atlasext_test

import (
	"context"
	"errors"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// revisions remember in memory what was applied.
type revisions struct {
	migrate.NopRevisionReadWriter
	all map[string]*migrate.Revision
}

func (r *revisions) ReadRevisions(context.Context) (all []*migrate.Revision, err error) {
	for _, one := range r.all {
		all = append(all, one)
	}
	return all, nil
}

func (r *revisions) ReadRevision(_ context.Context, version string) (*migrate.Revision, error) {
	if one, ok := r.all[version]; ok {
		return one, nil
	}
	return nil, migrate.ErrRevisionNotExist
}

func (r *revisions) WriteRevision(_ context.Context, one *migrate.Revision) error {
	r.all[one.Version] = one
	return nil
}

// Versioned migrations run under Atlas's lock, and maintenance follows, also when there was nothing to apply.
func TestVersionedMigrations(t *testing.T) {
	inWorlds(t, func(w *world) {
		dir := &migrate.MemDir{}
		w.NoErr(dir.WriteFile("1_events.sql", []byte(eventsSQL+";")))
		sum, err := dir.Checksum()
		w.NoErr(err)
		w.NoErr(migrate.WriteSumFile(dir, sum))
		applied := &revisions{all: map[string]*migrate.Revision{}}
		conn := w.session()
		defer conn.Close()
		options := atlasext.DriverOptions{}
		if w.scoped {
			options.Schema = w.schema
		}
		driver, err := atlasext.Open(conn, options)
		w.NoErr(err)
		runner, err := migrate.NewExecutor(driver, dir, applied)
		w.NoErr(err)
		maintain := plugin.Lifecycle{Tasks: []lifecycle.Task{{Table: catalog.Name{Schema: w.schema, Table: "events"}, Policy: lifecycle.Policy{
			Every: period.Days(1), Ahead: period.Windows(3)}}}}
		run := func(at string) ([]executor.Result, error) {
			maintain.At = instant(at)
			return atlasext.Versioned{Plugin: maintain}.Run(w.T.Context(), conn, func(ctx context.Context) error { return runner.ExecuteN(ctx, 0) })
		}
		results, err := run("2054-01-11T12:00:00Z")
		w.NoErr(err)
		w.Equal(executor.Count(results...).Created, 3)
		w.Equal(runner.ExecuteN(w.T.Context(), 0), migrate.ErrNoPendingFiles)
		results, err = run("2054-01-12T12:00:00Z")
		w.NoErr(err)
		w.Equal(executor.Count(results...).Created, 1)
		var held int
		const locks = `select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`
		w.NoErr(conn.QueryRowContext(w.T.Context(), locks).Scan(&held))
		w.Equal(held, 0)
	})
}

// While another has the lock, no migration is applied.
func TestVersionedWaitsForLock(t *testing.T) {
	inWorlds(t, func(w *world) {
		unlock, _ := w.hold()
		conn := w.conn()
		_, err := atlasext.Versioned{Plugin: plugin.Lifecycle{}}.Run(w.T.Context(), conn, func(context.Context) error {
			w.T.Error("a migration was applied")
			return nil
		})
		var busy *lock.BusyError
		w.True(errors.As(err, &busy))
		w.NoErr(unlock())
	})
}

// What a migration sets on the session does not decide which table is maintained, nor as whom.
func TestAtlasVersionedLeftovers(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	role := db.Role(t, "visitor")
	dir := &migrate.MemDir{}
	is.NoErr(dir.WriteFile("1_events.sql", []byte(`create table public.events (at timestamptz not null) partition by range (at);
create schema app;
create table app.events (at timestamptz not null) partition by range (at);
set search_path = app;
set statement_timeout = '1s';
set role `+role+`;`)))
	sum, err := dir.Checksum()
	is.NoErr(err)
	is.NoErr(migrate.WriteSumFile(dir, sum))
	maintain := plugin.Lifecycle{At: instant("2054-01-11T12:00:00Z"), Tasks: []lifecycle.Task{{Table: catalog.Name{Table: "events"},
		Policy: lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(3)}}}}
	conn := db.Conn(t)
	results, err := atlasext.Versioned{Plugin: maintain}.Execute(t.Context(), conn,
		atlasext.Migrations{Dir: dir, Revisions: &revisions{all: map[string]*migrate.Revision{}}})
	is.NoErr(err)
	is.Equal(results[0].Plan.Table, catalog.Name{Schema: "public", Table: "events"})
	is.Equal(executor.Count(results...).Created, 3)
	var left string
	is.NoErr(conn.QueryRowContext(t.Context(), "select current_setting('search_path') || ' ' || current_setting('role')").Scan(&left))
	is.Equal(left, "app "+role)
}
