package plugintest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/plugin"
)

// Run holds an adapter to the contract. Its tests run in parallel, each in a database of its own.
func Run(t *testing.T, a Adapter) {
	t.Helper()
	for name, test := range map[string]func(*site){
		"success":         success,
		"one connection":  oneConnection,
		"leftovers":       leftovers,
		"nothing pending": nothingPending,
		"nothing due":     nothingDue,
		"failure":         failure,
		"down":            down,
		"veto":            veto,
		"error of after":  errorOfAfter,
		"both fail":       bothFail,
		"cancel":          cancelled,
		"panic":           panicked,
		"panic of before": panicOfBefore,
		"panic of after":  panicOfAfter,
		"killed":          outlivedByNothing,
	} {
		if name == "panic" && !a.Panics || name == "killed" && !a.Locks {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, a)
			test(s)
			s.leftNothingBehind()
		})
	}
}

// The errors of plug-ins in the suite.
var (
	errVeto  = errors.New("veto of the suite")
	errAfter = errors.New("error of the suite after the run")
	errWild  = errors.New("panic of the suite in the plug-in")
)

func success(s *site) {
	spy := s.spy()
	results, err := s.run(spy, good())
	s.noError(err)
	s.called(spy, "before", "migrated", "after")
	s.outcome(spy, nil, 1)
	s.maintained(results)
}

// A pool of one connection is enough: whoever works gives it back to the next.
func oneConnection(s *site) {
	s.db.SetMaxOpenConns(1)
	results, err := s.run(s.lifecycle(), good())
	s.noError(err)
	s.maintained(results)
}

// What a migration sets on its session does not decide what is maintained on it afterwards.
func leftovers(s *site) {
	s.db.SetMaxOpenConns(1)
	l := s.lifecycle()
	l.Tasks[0].Table.Schema = ""
	m := good()
	m.Up += `; create schema plugintest; create table plugintest.plugintest_events (at timestamptz) partition by range (at);
set search_path = plugintest, public; set lock_timeout = '1ms'`
	results, err := s.run(l, m)
	s.noError(err)
	s.maintained(results)
}

// Maintenance does not wait for the next migration.
func nothingPending(s *site) {
	_, err := s.run(idle{}, good())
	s.noError(err)
	spy := s.spy()
	results, err := s.run(spy, good())
	s.noError(err)
	s.outcome(spy, nil, 0)
	s.maintained(results)
}

func nothingDue(s *site) {
	_, err := s.run(s.lifecycle(), good())
	s.noError(err)
	results, err := s.run(s.lifecycle(), good())
	s.noError(err)
	for _, r := range results {
		s.check(!r.Plan.Due() && len(r.Done) == 0, "the second run did %v", r.Done)
	}
}

// A missing partition breaks inserts; retirement can wait.
func failure(s *site) {
	spy := s.spy()
	_, err := s.run(spy, bad())
	s.check(err != nil && strings.Contains(err.Error(), "division by zero"), "the migrator's error is lost: %v", err)
	s.called(spy, "before", "after")
	s.check(spy.outcome.Err != nil, "After was told of no error")
	s.createdOnly()
}

func down(s *site) {
	_, err := s.run(idle{}, good())
	s.noError(err)
	spy := s.spy()
	back := good()
	back.Direction = plugin.Down
	_, err = s.run(spy, back)
	s.noError(err)
	s.check(!s.migrated(), "the migration is still applied")
	s.check(spy.run.Direction == plugin.Down, "the run went %s", spy.run.Direction)
	s.called(spy, "before", "after")
	s.untouched()
}

func veto(s *site) {
	spy := s.spy()
	spy.veto = errVeto
	_, err := s.run(spy, good())
	s.check(errors.Is(err, errVeto), "the veto is lost: %v", err)
	s.called(spy, "before")
	s.check(!s.migrated(), "the migrator ran in spite of the veto")
	s.untouched()
}

func errorOfAfter(s *site) {
	spy := s.spy()
	spy.fail = errAfter
	results, err := s.run(spy, good())
	s.check(errors.Is(err, errAfter), "the error of After is lost: %v", err)
	s.check(s.migrated(), "the migration is gone")
	s.maintained(results)
}

func bothFail(s *site) {
	spy := s.spy()
	spy.fail = errAfter
	_, err := s.run(spy, bad())
	s.check(errors.Is(err, errAfter), "the error of After is lost: %v", err)
	if err != nil {
		own, after := strings.Index(err.Error(), "division by zero"), strings.Index(err.Error(), errAfter.Error())
		s.check(own >= 0 && own < after, "the migrator's error does not come first: %v", err)
	}
	s.createdOnly()
}

// A cancelled migrator has stopped when After is called, and its connection is free.
func cancelled(s *site) {
	whole := s.ctx
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	s.ctx = ctx
	go func() {
		defer cancel()
		s.awaitAsleep(ctx)
	}()
	spy := s.spy()
	_, err := s.run(spy, asleep())
	s.ctx = whole
	s.check(err != nil, "a cancelled run is no success")
	s.called(spy, "before", "after")
	s.check(spy.outcome.Err != nil, "After was told of no error")
	s.check(!s.migrated(), "the migration is applied")
}

func panicked(s *site) {
	spy := s.spy()
	wild := good()
	wild.Code = func() { panic(errAfter) }
	s.panics(errAfter, spy, wild)
	s.called(spy, "before", "after")
	s.check(spy.outcome.Err != nil, "After was told of no error")
	s.createdOnly()
}

// A plug-in that panics costs nobody the lock: what it was called under is given back.
func panicOfBefore(s *site) {
	spy := s.spy()
	spy.panics = "before"
	s.panics(errWild, spy, good())
	s.called(spy, "before")
	s.check(!s.migrated(), "the migrator ran although Before did not return")
	s.untouched()
}

func panicOfAfter(s *site) {
	spy := s.spy()
	spy.panics = "after"
	s.panics(errWild, spy, good())
	s.called(spy, "before", "migrated", "after")
	s.untouched()
}

// panics runs, and expects a panic to come through.
func (s *site) panics(want error, spy *spy, m Migration) {
	s.t.Helper()
	defer func() {
		p := recover()
		s.check(p == any(want), "the panic did not come through: %v", p)
	}()
	_, _ = s.run(spy, m)
}

// What a killed client leaves running at the server keeps the lock until it ends: one session does both.
func outlivedByNothing(s *site) {
	whole := s.ctx
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	s.ctx = ctx
	locked := make(chan bool, 1)
	go func() {
		s.awaitAsleep(ctx)
		locked <- s.sees(whole, plugin.Run{}, lockedAsleepQuery)
		cancel()
	}()
	_, err := s.run(s.spy(), asleep())
	cancel() // where it came to its end by itself
	s.ctx = whole
	s.check(err != nil, "a cancelled run is no success")
	s.check(<-locked, "the statement of the migration runs on a session that does not hold the lock")
}
