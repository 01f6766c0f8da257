package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// days is a database with a table ev and its first days, 1 and 2 November.
func days(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), table: "ev"}
	w.db.Exec(t, "create table ev (at timestamptz not null) partition by range (at)")
	apply(t, w.db, Executor{}, daily("ev", period.Span{}), november(1))
	return w
}

// comment is that of a table, and how it belongs to ev.
func (w *world) comment(table string) string {
	w.t.Helper()
	return w.db.Text(w.t, fmt.Sprintf(`select case when i.inhdetachpending then 'pending' when c.relispartition then 'attached' else 'detached' end ||
', ' || coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c left join pg_inherits i on i.inhrelid = c.oid where c.oid = '%s'::regclass`, table))
}

// Somebody says hold, or anything else, in the moment when a run waits. The run must not overrule it.
func TestWhatIsWrittenWhileARunWaitsHolds(t *testing.T) {
	t.Parallel()
	const old = "ev__2055_11_01"
	for name, c := range map[string]struct {
		before string // beside the two days
		hold   string // what stands in the run's way
		says   string // what somebody does meanwhile
		at     int
		after  string
	}{
		"hold, concurrent detach":          {"", "select from ev", "comment on table " + old + " is 'partsmith:hold'", 5, "attached, partsmith:hold"},
		"comment, concurrent detach":       {"", "select from ev", "comment on table " + old + " is 'why'", 5, "detached, pg-partsmith:"},
		"hold of all, concurrent detach":   {"", "select from ev", "comment on table ev is E'a\\n partsmith:hold of all '", 5, "attached, "},
		"hold, plain detach":               {"create table ev_rest partition of ev default", "select from ev", "comment on table " + old + " is 'partsmith:hold'", 5, "attached, partsmith:hold"},
		"hold of all, plain detach":        {"create table ev_rest partition of ev default", "select from ev", "comment on table ev is 'partsmith:hold'", 5, "attached, "},
		"another bound, plain detach":      {"create table ev_rest partition of ev default", "select from ev", "alter table ev detach partition " + old + "; alter table ev attach partition " + old + " for values from ('2055-11-10Z') to ('2055-11-11Z')", 5, "attached, "},
		"hold, finalize":                   {"pending", "select from ev; declare c cursor for select 1", "comment on table " + old + " is 'partsmith:hold'", 5, "detached, partsmith:hold"},
		"comment, attach again":            {"detached", "select from " + old, "comment on table " + old + " is 'mine now'", 1, "detached, mine now"},
		"hold, unmark":                     {"marked", "lock table " + old + " in share update exclusive mode", "comment on table " + old + " is 'partsmith:hold'", 1, "attached, partsmith:hold"},
		"hold, drop":                       {"detached", "select from " + old, "comment on table " + old + " is 'partsmith:hold'", 9, "detached, partsmith:hold"},
		"hold of all, drop":                {"detached", "select from " + old, "comment on table ev is 'partsmith:hold'", 9, "detached, pg-partsmith:"},
		"another table in its place, drop": {"detached", "select from " + old, "alter table " + old + " rename to away; create table " + old + " ()", 9, "detached, "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := days(t)
			policy := daily("ev", period.Span{Days: 1, Set: true})
			w.prepareFor(c.before, old, policy)
			release, pid := w.holding(c.hold)
			w.await(fmt.Sprintf("select clock_timestamp() - xact_start > '120ms' from pg_stat_activity where pid = %d", pid))
			e := Executor{AtDestroys: true, Limits: lifecycle.Limits{Patience: 100 * time.Millisecond}, RetryFor: time.Minute}
			said := false
			e.Log = onRetry(1, func() {
				release() // what is said may need the same lock; the run meets it or its end
				w.db.Exec(t, c.says)
				said = true
			})
			_, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{policy}, november(c.at))
			is.NoErr(err)
			is.True(said)
			found := w.comment(old)
			if strings.HasSuffix(c.after, ":") {
				is.True(strings.HasPrefix(found, c.after))
			} else {
				is.Equal(found, c.after)
			}
			w.clean()
		})
	}
}

// prepareFor brings the oldest partition into a state.
func (w *world) prepareFor(state, partition string, task lifecycle.Task) {
	w.t.Helper()
	switch state {
	case "pending":
		interrupt(w.t, w.db, partition)
	case "detached": // by a run, two days ago
		conn := w.db.Conn(w.t)
		if _, err := (Executor{AtDestroys: true}).Run(w.t.Context(), conn, []lifecycle.Task{task}, november(4)); err != nil {
			w.t.Fatal(err)
		}
	case "marked":
		w.db.Exec(w.t, "comment on table "+partition+" is 'pg-partsmith:orphan-parent=public.ev\npg-partsmith:detached-at=2055-11-01T00:00:00+00:00'")
	default:
		if state != "" {
			w.db.Exec(w.t, state)
		}
	}
}

// While the detach waits for the parent's lock, today's partition is given the name of the expired one.
func TestADetachThatHitsAnotherPartitionPutsItBack(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"superuser", "member"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			hitAnother(t, role)
		})
	}
}

func hitAnother(t *testing.T, role string) {
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, "insert into ev values ('2055-11-01 12:00Z'), ('2055-11-02 12:00Z')")
	task := daily("ev", period.Span{})
	e := Executor{AtDestroys: true, Locker: lock.None{}, RetryFor: 20 * time.Second}
	e.Hooks = []Hook{beforeOp("detach public.ev__2055_11_01", func() error {
		w.holding("lock table only ev in share update exclusive mode") // as a VACUUM or ANALYZE has it
		return nil
	})}
	conn := w.db.Conn(t)
	if role == "member" { // who must become the owner, also to put things back
		owner, member := w.db.Role(t, "owner"), w.db.Role(t, "member")
		w.db.Exec(t, fmt.Sprintf(`grant pg_read_all_stats to %[2]s; grant all on schema public to %[1]s, %[2]s;
do $$ begin
  if current_setting('server_version_num')::int >= 160000 then -- a membership without the owner's rights
    execute 'grant %[1]s to %[2]s with inherit false';
  else
    grant %[1]s to %[2]s;
  end if;
end $$`, owner, member))
		w.db.Exec(t, "alter table ev owner to "+owner+"; alter table ev__2055_11_01 owner to "+owner+"; alter table ev__2055_11_02 owner to "+owner)
		var err error
		conn, err = w.db.As(t, member).Conn(t.Context())
		is.NoErr(err)
		defer conn.Close()
	}
	var backend int
	is.NoErr(conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&backend))
	go func() {
		w.await(fmt.Sprintf("select exists (select from pg_locks where pid = %d and not granted) and exists (select from pg_stat_activity where pid = %d and query like '%%CONCURRENTLY')", backend, backend))
		w.db.Exec(t, `begin; alter table ev__2055_11_01 rename to aside; alter table ev__2055_11_02 rename to ev__2055_11_01; commit`)
		w.unlock()
	}()
	results, err := e.Run(t.Context(), conn, []lifecycle.Task{task}, november(4))
	is.NoErr(err)
	var stray *StrayError
	is.True(errors.As(results[0].Err(), &stray))
	is.Equal(stray.Hit, catalog.Name{Schema: "public", Table: "ev__2055_11_01"})
	is.NoErr(stray.Lost)
	is.Equal(w.db.Text(t, "select count(*) from ev"), "2")
	is.Equal(w.comment("ev__2055_11_01"), "attached, ")
	w.clean()
}

func (w *world) unlock() {
	w.db.Exec(w.t, "select pg_terminate_backend(pid) from pg_locks where database = (select oid from pg_database where datname = current_database()) and relation = 'ev'::regclass and mode = 'ShareUpdateExclusiveLock' and granted")
}

func TestAMarkerGoesWithADetachThatFailed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	w.db.Exec(t, "comment on table ev__2055_11_01 is 'older'")
	_, pid := w.holding("select from ev")
	w.await(fmt.Sprintf("select clock_timestamp() - xact_start > '120ms' from pg_stat_activity where pid = %d", pid))
	e := Executor{AtDestroys: true, Limits: lifecycle.Limits{Patience: 100 * time.Millisecond}, RetryFor: 300 * time.Millisecond}
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(4))
	is.NoErr(err)
	var gaveUp *RetriesError
	is.True(errors.As(results[0].Err(), &gaveUp))
	is.Equal(w.comment("ev__2055_11_01"), "attached, older")
}

// A marker that another run left on an attached partition is no promise of ours: what is detached by hand meanwhile stays.
func TestAStaleMarkerIsTakenOffBeforeADetach(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	task := daily("ev", period.Span{})
	w.prepareFor("marked", "ev__2055_11_01", task)
	r := apply(t, w.db, Executor{Skip: []lifecycle.Kind{lifecycle.Detach}}, task, november(4))
	is.Equal(Count(r).Unmarked, 1)
	is.Equal(w.comment("ev__2055_11_01"), "attached, ")
}

func TestAnInstantInThePastDoesNotShortenTheWait(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, "create table ev (at timestamptz not null) partition by range (at)")
	task := daily("ev", period.Span{Days: 7, Set: true})
	past := func(day int) time.Time { return time.Date(2001, 11, day, 6, 0, 0, 0, time.UTC) }
	apply(t, db, Executor{}, task, past(1))
	is.Equal(Count(apply(t, db, Executor{}, task, past(4))).Detached, 1)
	is.Equal(Count(apply(t, db, Executor{}, task, time.Time{})).Dropped, 0)
	is.Equal(db.Text(t, "select count(*) from pg_class where relname = 'ev__2001_11_01'"), "1")
}

// A table that is made anew while a run waits for the lock has another key.
func TestATableMadeAnewWhileTheLockIsWaitedFor(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := days(t)
	var stale, fresh string
	const oid = "select 'ev'::regclass::oid"
	stale = w.db.Text(t, oid)
	e := Executor{AtDestroys: true, Locker: lockerThat(func(context.Context) {
		if fresh == "" {
			w.db.Exec(t, "drop table ev; create table ev (at timestamptz not null) partition by range (at)")
			fresh = w.db.Text(t, oid)
		}
	})}
	keys := map[string]bool{}
	e.Progress = func(Done) {
		keys[w.db.Text(t, "select coalesce(string_agg(objid::text, ' '), 'none') from pg_locks where locktype = 'advisory' and classid = 1886612839 and database = (select oid from pg_database where datname = current_database())")] = true
	}
	results, err := e.Run(t.Context(), w.db.Conn(t), []lifecycle.Task{daily("ev", period.Span{})}, november(3))
	is.NoErr(err)
	is.NoErr(results[0].Err())
	is.Equal(Count(results...).Created, 2)
	is.True(stale != fresh)
	is.Equal(keys, map[string]bool{fresh: true})
	w.clean()
}
