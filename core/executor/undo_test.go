package executor

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

func TestAPreparationIsUndone(t *testing.T) {
	t.Parallel()
	check := "select count(*)::text from pg_constraint where conname = 'prepared'"
	for name, c := range map[string]struct{ last, fates, left string }{
		"when the operation fails": {"select 1/0", "create ev_2101 failed", "0"},
		"not when it is done":      {"select 1", "create ev_2101 done", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t).wants(lifecycle.Create, 1)
			w.db.Exec(t, "create table ev_rest partition of ev default")
			w.alter = func(p *lifecycle.Plan) {
				if len(p.Steps) == 0 {
					return
				}
				undo := []ddl.Statement{{SQL: "alter table ev_rest drop constraint if exists prepared", Holds: true}}
				create := p.Steps[0]
				create.Undo = undo
				create.Statements = []ddl.Statement{{SQL: c.last}}
				p.Steps = []lifecycle.Step{{Prepares: []string{create.Operations[0].ID}, Undo: undo,
					Statements: []ddl.Statement{{SQL: "alter table ev_rest add constraint prepared check (at < '2101-01-01Z' or at >= '2102-01-01Z')", Holds: true}}}, create}
			}
			r, err := w.run(executor(w))
			is.NoErr(err)
			is.Equal(fates(r), c.fates)
			is.Equal(w.db.Text(t, check), c.left)
		})
	}
}

func TestAPreparationIsUndoneBeforeANewPlan(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t).wants(lifecycle.Create, 1)
	w.db.Exec(t, "create table ev_rest partition of ev default")
	w.alter = func(p *lifecycle.Plan) {
		if w.reads == 3 { // the new plan needs no preparation
			return
		}
		undo := []ddl.Statement{{SQL: "alter table ev_rest drop constraint if exists prepared", Holds: true}}
		create := p.Steps[0]
		create.Undo, create.Statements = undo, []ddl.Statement{{SQL: "create table ev ()"}} // the name is taken
		p.Steps = []lifecycle.Step{{Prepares: []string{create.Operations[0].ID}, Undo: undo,
			Statements: []ddl.Statement{{SQL: "alter table ev_rest add constraint prepared check (at < '2101-01-01Z' or at >= '2102-01-01Z')", Holds: true}}}, create}
	}
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.Equal(fates(r), "create ev_2101 done")
	is.Equal(w.db.Text(t, "select count(*) from pg_constraint where conname = 'prepared'"), "0")
}

func TestAPreparationThatFailsFailsWhatItPrepares(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0, 1).wants(lifecycle.Detach, 0, 1)
	w.alter = func(p *lifecycle.Plan) {
		if len(p.Steps) == 4 {
			p.Steps[0].Statements[0].SQL = "select 1/0"
		}
	}
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.Equal(fates(r), "detach ev_2100 failed, detach ev_2101 done")
	is.Equal(w.state(0), "attached")
}

// What the planner would have seen comes after it has looked.
func TestAnswersOfTheServerAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile, state string
		reason           Reason
	}{
		"referenced":   {"insert into ref values ('2100-06-01Z')", "23503", Referenced},
		"not an owner": {"alter table ev owner to current_user", "42501", RightLacking},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t, 0).wants(lifecycle.Detach, 0)
			owner := w.db.Role(t, "owner")
			w.db.Exec(t, `create table ev_rest partition of ev default; alter table ev add primary key (at);
				create table ref (at timestamptz references ev); insert into ev values ('2100-06-01Z')`)
			for _, table := range []string{"ev", "ev_2100", "ev_rest", "ref"} {
				w.db.Exec(t, "alter table "+table+" owner to "+owner)
			}
			e := executor(w)
			e.Limits = lifecycle.Limits{Statement: time.Minute} // however slow the machine is
			e.Hooks = []Hook{beforeOp("detach public.ev_2100", func() error { w.db.Exec(t, c.meanwhile); return nil })}
			conn, err := w.db.As(t, owner).Conn(t.Context())
			is.NoErr(err)
			results, err := e.Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
			is.NoErr(err)
			is.True(errors.Is(results[0].Err(), c.reason))
			var failed *OperationError
			is.True(errors.As(results[0].Err(), &failed))
			is.Equal(failed.SQLState, c.state)
			is.Equal(results[0].Done[0].Attempts, 1)
			is.Equal(w.state(0), "attached")
			is.NoErr(conn.Close())
			w.clean()
		})
	}
}
