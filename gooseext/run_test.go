package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// three are migrations: the table that is maintained, and two more.
func three() fstest.MapFS {
	return folder(
		"00001_events.sql", events, "drop table events",
		"00002_second.sql", "create table second ()", "drop table second",
		"00003_third.sql", "create table third ()", "drop table third")
}

func TestUp(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	p := provide(t, db.SQL(), three(), maintain("events"))
	pending, err := p.HasPending(t.Context())
	is.NoErr(err)
	is.True(pending)

	results, err := p.UpTo(t.Context(), 1)
	is.NoErr(err)
	is.Equal(len(results), 1)
	is.Equal(results[0].Source.Path, "00001_events.sql")
	is.Equal(partitions(t, db, "events"), afterwards)

	one, err := p.UpByOne(t.Context())
	is.NoErr(err)
	is.Equal(one.Source.Version, int64(2))
	results, err = p.Up(t.Context())
	is.NoErr(err)
	is.Equal(len(results), 1)
	results, err = p.Up(t.Context())
	is.NoErr(err)
	is.True(results == nil) // as goose gives it

	current, target, err := p.GetVersions(t.Context())
	is.NoErr(err)
	is.Equal([]int64{current, target}, []int64{3, 3})
	is.Equal(len(p.ListSources()), 3)
	status, err := p.Status(t.Context())
	is.NoErr(err)
	is.Equal(status[2].State, goose.StateApplied)
	is.Equal(p.Unwrap().ListSources(), p.ListSources())
	leftNothing(t, db, db.SQL())
}

func TestRunTellsEverything(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	release := hold(t, db)
	done := make(chan struct{})
	var report gooseext.Report
	var err error
	go func() {
		defer close(done)
		report, err = provide(t, db.SQL(), three(), maintain("events")).Run(t.Context())
	}()
	awaitTries(t, db)
	release()
	<-done
	is.NoErr(err)
	is.Equal(len(report.Migrations), 3)
	is.Equal(executor.Count(report.Maintenance...), executor.Counts{Created: 2, Detached: 1})
	is.True(report.LockWait > 0)
}

// awaitTries waits until another session than the holder has asked for goose's key.
func awaitTries(t *testing.T, db *pgtest.Database) {
	t.Helper()
	await(t, "somebody to try the lock", func() bool {
		return db.Text(t, `select exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
			and query like 'select pg_catalog.pg_try_advisory_lock(%')`) == "true"
	})
}

func TestUpByOneKeepsGoosesErrorAndMaintains(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	_, err := provide(t, db.SQL(), three(), plugin.Lifecycle{}).Up(t.Context())
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), asBefore)
	result, err := provide(t, db.SQL(), three(), maintain("events")).UpByOne(t.Context())
	is.True(err == goose.ErrNoNextVersion) // callers compare it
	is.True(result == nil)
	is.Equal(partitions(t, db, "events"), afterwards)
}

func TestAFailedMigrationInTheMiddle(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	migrations := three()
	migrations["00002_second.sql"] = folder("x", "select 1/0", "select 1")["x"]
	p := provide(t, db.SQL(), migrations, maintain("events"))
	report, err := p.Run(t.Context())
	is.Equal(len(report.Migrations), 1)
	is.Equal(len(report.Maintenance), 1)
	var partial *goose.PartialError
	is.True(errors.As(err, &partial))
	is.Equal(len(partial.Applied), 1)
	is.Equal(partial.Failed.Source.Version, int64(2))
	is.True(strings.HasPrefix(err.Error(), "partial migration error"))
	is.Equal(partitions(t, db, "events"), withNew) // created, not retired

	results, err := p.Up(t.Context())
	is.True(errors.As(err, &partial))
	is.True(results == nil) // as goose gives it
	leftNothing(t, db, db.SQL())
}

func TestAnOutOfOrderFileStillLetsTheFutureBeMade(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	migrations := three()
	delete(migrations, "00002_second.sql")
	_, err := provide(t, db.SQL(), migrations, plugin.Lifecycle{}).Up(t.Context())
	is.NoErr(err)
	_, err = provide(t, db.SQL(), three(), maintain("events")).Up(t.Context())
	is.True(err != nil && strings.Contains(err.Error(), "missing (out-of-order)"))
	is.Equal(partitions(t, db, "events"), withNew)
}

func TestAfterDownNothingIsMaintained(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	_, err := provide(t, db.SQL(), three(), plugin.Lifecycle{}).Up(t.Context())
	is.NoErr(err)
	p := provide(t, db.SQL(), three(), maintain("events"))
	result, err := p.Down(t.Context())
	is.NoErr(err)
	is.Equal(result.Source.Version, int64(3))
	results, err := p.DownTo(t.Context(), 1)
	is.NoErr(err)
	is.Equal(len(results), 1)
	is.Equal(partitions(t, db, "events"), asBefore)
	_, err = p.DownTo(t.Context(), 0)
	is.NoErr(err)
	_, err = p.Down(t.Context())
	is.True(err == goose.ErrNoNextVersion)
}

// Tables that the migrations do not make yet, or no longer, are a finding each, and fail no deploy.
func TestTablesThatAreNotThere(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	p := provide(t, db.SQL(), three(), maintain("later", "events"))
	missing := func(report gooseext.Report, err error) (codes []string) {
		is.NoErr(err)
		for _, r := range report.Maintenance {
			for _, f := range r.Plan.Findings {
				if f.Severity != lifecycle.Info {
					codes = append(codes, r.Plan.Table.Table+": "+f.Code)
				}
			}
		}
		return codes
	}
	is.Equal(missing(p.Run(t.Context())), []string{"later: missing_table", "events: runway_short"})
	_, err := p.DownTo(t.Context(), 0)
	is.NoErr(err)
	results, err := p.Maintain(t.Context())
	is.Equal(missing(gooseext.Report{Maintenance: results}, err), []string{"later: missing_table", "events: missing_table"})
}

func TestMaintenanceErrorsComeBesideResults(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	life := withHook(maintain("events"), refuse)
	life.Strict = true
	results, err := provide(t, db.SQL(), three(), life).Up(t.Context())
	is.Equal(len(results), 3)
	var failed *gooseext.MaintenanceError
	is.True(errors.As(err, &failed))
	is.Equal(len(failed.Results), 1)
	is.True(errors.Is(err, errRefused))
	var incomplete *plugin.IncompleteError
	is.True(errors.As(err, &incomplete))
	var partial *goose.PartialError
	is.True(!errors.As(err, &partial))
}

func TestOnlyMaintenance(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, events)
	p, err := gooseext.NewProvider(db.SQL(), nil, maintain("events"))
	is.NoErr(err)
	results, err := p.Up(t.Context())
	is.NoErr(err)
	is.Equal(len(results), 0)
	is.Equal(partitions(t, db, "events"), afterwards)
	is.Equal(p.Unwrap(), nil)
	_, err = p.UpByOne(t.Context())
	is.True(err == goose.ErrNoNextVersion)
	is.Equal(db.Text(t, "select to_regclass('goose_db_version')"), "")

	_, err = gooseext.NewProvider(db.SQL(), fstest.MapFS{}, maintain("events"))
	is.True(errors.Is(err, goose.ErrNoMigrations)) // a wrong folder is no wish
}

func TestABusyLockAfterTheMigrations(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	_, err := provide(t, db.SQL(), three(), plugin.Lifecycle{}).Up(t.Context())
	is.NoErr(err)
	hold(t, db)

	_, err = provide(t, db.SQL(), three(), maintain("events"), gooseext.WithWait(0)).Up(t.Context())
	var busy *lock.BusyError
	is.True(errors.As(err, &busy)) // partitions had to be created
	is.True(busy.Holder != nil)
	is.True(strings.Contains(err.Error(), "advisory lock 4097083626 is held by pid "))
	is.Equal(partitions(t, db, "events"), asBefore)

	db.Exec(t, `create table "2024_05_15" partition of events for values from ('2024-05-15 00:00:00+00') to ('2024-05-16 00:00:00+00');
		create table "2024_05_16" partition of events for values from ('2024-05-16 00:00:00+00') to ('2024-05-17 00:00:00+00')`)
	report, err := provide(t, db.SQL(), three(), maintain("events"), gooseext.WithWait(0)).Run(t.Context())
	is.NoErr(err) // only retirement was due: it can wait
	is.Equal(report.Maintenance[0].Done[0].Status, executor.Skipped)
}

func TestAVetoKeepsGooseFromRunning(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	life := maintain("events")
	life.Tasks[0].Policy.Every.Days = -1
	results, err := provide(t, db.SQL(), three(), life).Up(t.Context())
	var veto *plugin.VetoError
	is.True(errors.As(err, &veto))
	is.Equal(len(results), 0)
	is.Equal(db.Text(t, "select to_regclass('goose_db_version')"), "")
}

func TestOptionsThatCannotStandTogether(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	locker, err := gooseext.NewSessionLocker()
	is.NoErr(err)
	for _, options := range [][]gooseext.Option{
		{gooseext.WithSessionLocker(locker), gooseext.WithSessionLocker(locker)},
		{gooseext.WithSessionLocker(locker), gooseext.WithLockID(5)},
		{gooseext.WithSessionLocker(nil)},
		{gooseext.WithLocker(nil)},
		{gooseext.WithGoose(goose.WithSessionLocker(locker))},
		{gooseext.WithGoose(goose.WithTableName(""))},
	} {
		_, err := gooseext.NewProvider(db.SQL(), three(), maintain(), options...)
		is.True(err != nil)
	}
	_, err = gooseext.NewProvider(nil, three(), maintain())
	is.True(err != nil)
	_, err = gooseext.NewProvider(db.SQL(), three(), nil)
	is.True(err != nil)
	_, err = gooseext.Wrap(nil, db.SQL(), maintain())
	is.True(err != nil)
	existing := provide(t, db.SQL(), three(), maintain()).Unwrap()
	_, err = gooseext.Wrap(existing, db.SQL(), maintain(), quiet())
	is.True(err != nil)
}

// A pgx pool of one connection, of which database/sql knows nothing, is enough.
func TestAPgxPoolOfOne(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	pool := abovePool(t, db, 1)
	_, err := provide(t, pool, three(), maintain("events")).Up(t.Context())
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), afterwards)
	leftNothing(t, db, pool)
}

var errRefused = errors.New("refused by the test")

func refuse(context.Context, *sql.Conn, lifecycle.Operation) error { return errRefused }
