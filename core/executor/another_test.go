package executor

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// logged is an executor beside a migrator that logs everything, and the lines that it has logged so far.
func logged(worlds ...*world) (Executor, func() []string) {
	var log bytes.Buffer
	e := executor(worlds...)
	e.SkipBusyRetirement, e.SkipBusyCreation = true, true
	e.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return e, func() []string { return strings.Split(strings.TrimSpace(log.String()), "\n") }
}

// takeAll takes the keys of the tables of some worlds, as another run has them.
func takeAll(t *testing.T, worlds ...*world) {
	t.Helper()
	for _, w := range worlds {
		if _, err := lock.TryTable(t.Context(), w.db.Conn(t), w.oid()); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) oid() (oid uint32) {
	w.t.Helper()
	if err := w.db.SQL().QueryRowContext(w.t.Context(), "select 'public."+w.table+"'::regclass::oid::bigint").Scan(&oid); err != nil {
		w.t.Fatal(err)
	}
	return oid
}

// A pod that finds another one at work on its tables succeeds, and has one line to say about it, however much is due.
func TestAnotherRunRetires(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1, 2, 3).wants(lifecycle.Detach, 0, 1, 2, 3)
	v := w.beside("other", 0, 1).wants(lifecycle.Detach, 0, 1)
	w.alter, v.alter = reaching(false), reaching(true)
	takeAll(t, w, v)
	e, lines := logged(w, v)
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.True(results[0].OK() && results[1].OK())
	is.Equal(fates(results[1]), "detach other_2100 skipped, detach other_2101 skipped")
	is.True(errors.As(results[0].Done[0].Err, new(*lock.BusyError)))
	is.Equal(len(lines()), 1)
	is.True(strings.Contains(lines()[0], `level=INFO msg="another run is at work" tables=2`))
}

// What the other run has made in the meantime is not missed any more.
func TestAnotherRunHasCreated(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
	w.alter = reaching(false)
	takeAll(t, w)
	e, lines := logged(w)
	e.Locker = meanwhile{e.Locker, func() { w.db.Exec(t, "create table ev_2101 partition of ev "+bound(1)) }}
	r, err := w.run(e)
	is.NoErr(err)
	is.True(r.OK())
	is.Equal(fates(r), "detach ev_2100 skipped")
	is.Equal(len(lines()), 1)
}

// Where inserts would fail, nobody relies on another run that may have gone wrong.
func TestAnotherRunHasNotCreated(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Create, 1)
	w.alter = reaching(false)
	takeAll(t, w)
	e, _ := logged(w)
	r, err := w.run(e)
	is.NoErr(err)
	is.True(errors.As(r.Err(), new(*lock.BusyError)))
}

// Nor has a busy migrator's lock more than one line to say, in whatever phase it is met.
func TestAMigratorAtWorkIsOneLine(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1, 2).wants(lifecycle.Detach, 0, 1, 2)
	v := w.beside("other", 0, 1).wants(lifecycle.Detach, 0, 1)
	if _, err := (lock.Polling{}).Lock(t.Context(), w.db.Conn(t), 0); err != nil {
		t.Fatal(err)
	}
	e, lines := logged(w, v)
	e.Wait = 0
	_, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(len(lines()), 1)
	is.True(strings.Contains(lines()[0], `level=INFO msg="skip retirement" tables=2`))
}

func TestAMigratorThatComesInBetweenIsOneLine(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1, 2).wants(lifecycle.Detach, 0, 1, 2)
	v := w.beside("other", 0, 1).wants(lifecycle.Detach, 0, 1)
	other := w.db.Conn(t)
	e, lines := logged(w, v)
	e.Wait = 0
	e.Hooks = []Hook{beforeOp("detach public.ev_2100", func() error {
		_, err := lock.Polling{}.Lock(t.Context(), other, 0)
		return err
	})}
	_, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	is.NoErr(err)
	is.Equal(len(lines()), 1)
	is.True(strings.Contains(lines()[0], `level=INFO msg="skip retirement"`))
}

// meanwhile is a locker before which something happens.
type meanwhile struct {
	lock.Locker
	happens func()
}

func (m meanwhile) Lock(ctx context.Context, conn *sql.Conn, wait time.Duration) (lock.Lease, error) {
	m.happens()
	return m.Locker.Lock(ctx, conn, wait)
}
