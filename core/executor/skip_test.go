package executor

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// reaching makes a plan's runway one that is enough, or not.
func reaching(enough bool) func(*lifecycle.Plan) {
	until := int64(0)
	if enough {
		until = 20
	}
	return func(p *lifecycle.Plan) { p.Runway = lifecycle.Runway{Until: period.ID(until), Least: period.ID(10)} }
}

// While inserts go on, a busy lock stops nobody.
func TestCreationCanWaitWhileInsertsGoOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ skip, enough, waits bool }{
		"far enough":         {skip: true, enough: true, waits: true},
		"too short":          {skip: true},
		"far enough, strict": {enough: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
			w.alter = reaching(c.enough)
			_, err := lock.Polling{}.Lock(t.Context(), w.db.Conn(t), 0)
			is.NoErr(err)
			var log bytes.Buffer
			e := executor(w)
			e.Wait, e.SkipBusyRetirement, e.SkipBusyCreation = 0, true, c.skip
			if c.waits {
				e.Wait = time.Minute
			}
			e.Log = slog.New(slog.NewTextHandler(&log, nil))
			r, err := w.run(e)
			var busy *lock.BusyError
			is.Equal(err == nil, c.waits)
			is.Equal(errors.As(err, &busy), !c.waits)
			is.Equal(r.OK(), c.waits)
			is.Equal(fates(r), "create ev_2101 skipped, detach ev_2100 skipped")
			is.Equal(strings.Contains(log.String(), `msg="skip creation and retirement" tables=1`), c.waits)
			is.True(r.LockWait < 30*time.Second) // not the locker's whole patience
		})
	}
}

// One table that cannot wait is reason enough to insist, for all.
func TestCreationInsistsForOneTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	v := w.beside("other").wants(lifecycle.Create, 1)
	w.alter, v.alter = reaching(true), reaching(false)
	_, err := lock.Polling{}.Lock(t.Context(), w.db.Conn(t), 0)
	is.NoErr(err)
	e := executor(w, v)
	e.Wait, e.SkipBusyRetirement, e.SkipBusyCreation = 0, true, true
	_, err = e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
	var busy *lock.BusyError
	is.True(errors.As(err, &busy))
}

// Creation leaves the lock now and then, and another session may have it for long.
func TestCreationGivesWayToALockTakenMeanwhile(t *testing.T) {
	t.Parallel()
	for name, skip := range map[string]bool{"skip": true, "strict": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0).wants(lifecycle.Create, 1).wants(lifecycle.Detach, 0)
			v := w.beside("other").wants(lifecycle.Create, 1)
			v.alter = reaching(true)
			w.alter = func(p *lifecycle.Plan) {
				reaching(true)(p)
				p.Steps = append([]lifecycle.Step{{Patient: true, Statements: []ddl.Statement{{SQL: "select 1"}}}}, p.Steps...) // without the lock
			}
			other := w.db.Conn(t)
			e := executor(w, v)
			e.Wait, e.SkipBusyRetirement, e.SkipBusyCreation = 0, true, skip
			e.Hooks = []Hook{beforeOp("create public.ev_2101", func() error {
				_, err := lock.Polling{}.Lock(t.Context(), other, 0)
				return err
			})}
			results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{w.task(), v.task()}, time.Time{})
			var busy *lock.BusyError
			is.Equal(errors.As(err, &busy), !skip)
			is.Equal(fates(results[0]), "create ev_2101 skipped, detach ev_2100 skipped")
			is.Equal(fates(results[1]), "create other_2101 skipped")
			is.Equal(results[0].OK() && results[1].OK(), skip)
		})
	}
}
