package atlasext_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Two runs at once do the work once.
func TestRunsTakeTurns(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.pool.SetMaxOpenConns(4)
		reports, errs := make([]*atlasext.Report, 2), make([]error, 2)
		var group sync.WaitGroup
		for i := range reports {
			r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
			r.Wait = patience
			group.Go(func() { reports[i], errs[i] = w.try(r) })
		}
		group.Wait()
		w.NoErr(errors.Join(errs...))
		w.Equal(len(reports[0].Applied)+len(reports[1].Applied), 1)
		w.Equal(lifecycleCounts(reports[0]).Created+lifecycleCounts(reports[1]).Created, 3)
		w.Equal(w.partitions("events"), "3")
	})
}

// hold has Atlas's own driver take its lock, on a session of its own.
func (w *world) hold() (schema.UnlockFunc, int) {
	w.T.Helper()
	conn, err := w.db.SQL().Conn(w.T.Context())
	w.NoErr(err)
	w.T.Cleanup(func() { _ = conn.Close() })
	drv, err := postgres.Open(conn)
	w.NoErr(err)
	unlock, err := drv.Lock(w.T.Context(), "atlas_migrate_execute", 0)
	w.NoErr(err)
	var pid int
	w.NoErr(conn.QueryRowContext(w.T.Context(), "select pg_backend_pid()").Scan(&pid))
	return unlock, pid
}

// Beside Atlas's own lock a run gives up after its patience, names the holder, and has done nothing.
func TestRunWaitsForAtlasLock(t *testing.T) {
	inWorlds(t, func(w *world) {
		unlock, pid := w.hold()
		for _, wait := range []time.Duration{0, 300 * time.Millisecond} {
			r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
			r.Wait = wait
			_, err := w.try(r)
			var busy *lock.BusyError
			w.True(errors.As(err, &busy))
			w.Equal(busy.Holder.PID, pid)
			w.True(!w.exists("events"))
		}
		other := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		other.LockName = "a name of my own" // no obstacle
		w.run(other)
		again := w.run(w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")) // nothing is due, so the lock is not asked for
		w.Equal(len(again.Applied), 0)
		w.NoErr(unlock())
	})
}

// While a run has the lock, Atlas's driver does not get it; afterwards it does.
func TestIsLockedOutDuringRun(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		reader, err := w.db.SQL().BeginTx(w.T.Context(), nil)
		w.NoErr(err)
		_, err = reader.ExecContext(w.T.Context(), "select from "+w.schema+".events")
		w.NoErr(err)
		r := w.runner(eventsHCL("column \"more\" {\n null = true\n type = text\n }", dailyHCL), "2054-01-11T12:00:00Z")
		done := make(chan error, 1)
		go func() {
			_, err := w.try(r)
			done <- err
		}()
		// The session that holds the lock is the one whose statement waits.
		w.until(`select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
			where l.locktype = 'advisory' and l.granted and l.objid = 2686470616 and a.datname = current_database()
			and a.wait_event_type = 'Lock' and a.query like 'ALTER TABLE%')`)
		drv, err := postgres.Open(w.db.SQL())
		w.NoErr(err)
		_, err = drv.Lock(w.T.Context(), "atlas_migrate_execute", 0)
		w.True(errors.Is(err, schema.ErrLocked))
		w.NoErr(reader.Rollback())
		w.NoErr(<-done)
		unlock, err := drv.Lock(w.T.Context(), "atlas_migrate_execute", 0)
		w.NoErr(err)
		w.NoErr(unlock())
	})
}

// A panic in what the caller hands in costs nobody the lock: neither Atlas's nor that of the table stays on the session.
func TestLockIsGivenBackAfterPanic(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		r := w.runner(eventsHCL("", dailyHCL), "2026-01-11T12:00:00Z")
		locked := false
		r.Executor.Cut = func(plan lifecycle.Plan) lifecycle.Plan {
			if locked = w.db.Text(w.T, advisoryLocks) != "0"; locked {
				panic("oh")
			}
			return plan
		}
		func() {
			defer func() { w.Equal(recover(), any("oh")) }()
			_, _ = w.try(r)
		}()
		w.True(locked)
		w.Equal(w.db.Text(w.T, advisoryLocks), "0")
		w.Equal(w.pool.Stats().InUse, 0)
	})
}

const advisoryLocks = `select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`

// until waits for a query to be true.
func (w *world) until(query string) {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for w.text(query) != "true" {
		select {
		case <-ctx.Done():
			w.T.Fatal("never true: " + query)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// A cancelled wait for the lock ends at once and leaves nothing.
func TestWaitCanBeCancelled(t *testing.T) {
	inWorlds(t, func(w *world) {
		unlock, _ := w.hold()
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Wait = patience
		ctx, cancel := context.WithTimeout(w.T.Context(), 500*time.Millisecond)
		defer cancel()
		conn := w.session()
		defer conn.Close()
		_, err := r.Run(ctx, conn)
		w.True(errors.Is(err, context.DeadlineExceeded))
		w.True(!w.exists("events"))
		w.NoErr(unlock())
		w.Equal(w.text("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"), "0")
	})
}

// A holder that is killed takes the lock with it, and the next run gets it.
func TestRunFollowsKilledHolder(t *testing.T) {
	inWorlds(t, func(w *world) {
		_, pid := w.hold()
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Wait = patience
		done := make(chan error, 1)
		go func() {
			_, err := w.try(r)
			done <- err
		}()
		w.db.Exec(w.T, "select pg_terminate_backend($1)", pid)
		w.NoErr(<-done)
		w.Equal(w.partitions("events"), "3")
	})
}

// A long reader of the parent stops a change of it: tried again, then given up, with the lock free and nothing half done.
func TestGivesUpBehindLongReader(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.run(w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z"))
		reader, err := w.db.SQL().BeginTx(w.T.Context(), nil)
		w.NoErr(err)
		defer func() { _ = reader.Rollback() }()
		_, err = reader.ExecContext(w.T.Context(), "select from "+w.schema+".events")
		w.NoErr(err)
		more := `
  column "more" {
    null = true
    type = text
  }`
		extra := `
table "extra" {
  schema = schema.$ns
  column "id" {
    null = true
    type = integer
  }
}
`
		r := w.runner(eventsHCL(more, dailyHCL)+extra, "2054-01-11T12:00:00Z")
		r.RetryFor, r.LockTimeout = time.Second, 50*time.Millisecond
		report, err := w.try(r)
		var failed *atlasext.ChangeError
		w.True(errors.As(err, &failed))
		w.Equal(failed.SQLState, "55P03")
		w.True(failed.Attempts > 1)
		w.Equal(len(report.Applied), 0)
		w.True(!w.exists("extra"))
		w.Equal(w.text("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"), "0")

		r.RetryFor = patience
		done := make(chan error, 1)
		go func() {
			_, err := w.try(r)
			done <- err
		}()
		w.until("select exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock' and database = (select oid from pg_database where datname = current_database()))")
		w.NoErr(reader.Rollback())
		w.NoErr(<-done)
		w.True(w.exists("extra"))
	})
}

// A schema phase that fails is rolled back as a whole; what is coming is created all the same, and nothing is retired.
func TestFailedChangeRetiresNothing(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table people (id int); insert into people values (null)")
		w.attachDays("2054-01-01", 3)
		policy := `lifecycle {
      every      = "1 day"
      ahead      = 3
      keep       = 2
      drop_after = "0"
    }`
		people := `
table "extra" {
  schema = schema.$ns
  column "id" {
    null = true
    type = integer
  }
}
table "people" {
  schema = schema.$ns
  column "id" {
    null = false
    type = integer
  }
}
`
		report, err := w.try(w.runner(eventsHCL("", policy)+people, "2054-01-03T12:00:00Z"))
		var failed *atlasext.ChangeError
		w.True(errors.As(err, &failed))
		w.Equal(failed.SQLState, "23502")
		w.True(!w.exists("extra"))
		w.Equal(lifecycleCounts(report).Created, 2)
		w.Equal(lifecycleCounts(report).Detached, 0)
		w.Equal(w.partitions("events"), "5")
	})
}

// One connection is enough, and it comes back as it was.
func TestRunNeedsOneConnection(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec("create schema other")
		w.pool.SetMaxOpenConns(1)
		conn := w.session()
		_, err := conn.ExecContext(w.T.Context(), "set search_path = other, pg_catalog; set lock_timeout = '7s'")
		w.NoErr(err)
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		if !w.scoped {
			r.Exclude = []string{"other"}
		}
		r.Concurrently = true
		_, err = r.Run(w.T.Context(), conn)
		w.NoErr(err)
		w.NoErr(conn.Close())
		again := w.session()
		var path, limit, held string
		w.NoErr(again.QueryRowContext(w.T.Context(), `select current_setting('search_path'), current_setting('lock_timeout'),
			(select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))`).Scan(&path, &limit, &held))
		w.NoErr(again.Close())
		w.Equal(path, "other, pg_catalog")
		w.Equal(limit, "7s")
		w.Equal(held, "0")
		w.Equal(w.partitions("events"), "3")
	})
}

// A dev database that is not empty is refused, and stays as it is.
func TestRefusesDirtyDevDatabase(t *testing.T) {
	inWorlds(t, func(w *world) {
		dev := pgtest.New(w.T)
		dev.Exec(w.T, "create table precious (id int)")
		for _, s := range []atlasext.Source{w.source(eventsHCL("", dailyHCL), ".hcl"), w.source(eventsSQL, ".sql")} {
			s.Dev = dev.Conn(w.T)
			if w.scoped {
				s.DevSchema = "public"
			}
			_, err := s.Read(w.T.Context())
			w.True(isNotClean(err))
			w.Equal(dev.Text(w.T, "select count(*) from pg_class where relname in ('precious', 'events')"), "1")
		}
	})
}

// A yes holds for the plan that was shown, and for no other.
func TestRunStopsWhereAnotherPlanWasApproved(t *testing.T) {
	inWorlds(t, func(w *world) {
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		shown := w.plan(r)
		w.exec("create table " + w.schema + ".late (x int)") // a drop of it is due now, and nobody has seen it
		r.Approved = shown
		_, err := w.try(r)
		w.True(errors.Is(err, atlasext.ErrPlanChanged))
		w.True(w.exists("late"))
		w.True(!w.exists("events"))

		w.exec("drop table " + w.schema + ".late")
		_, err = w.try(r)
		w.NoErr(err)
		w.True(w.exists("events"))
	})
}
