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
		"when the operation fails": {"select 1/0", "create ev_1 failed", "0"},
		"not when it is done":      {"select 1", "create ev_1 done", "1"},
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
					Statements: []ddl.Statement{{SQL: "alter table ev_rest add constraint prepared check (id < 10 or id >= 20)", Holds: true}}}, create}
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
			Statements: []ddl.Statement{{SQL: "alter table ev_rest add constraint prepared check (id < 10 or id >= 20)", Holds: true}}}, create}
	}
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.Equal(fates(r), "create ev_1 done")
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
	is.Equal(fates(r), "detach ev_0 failed, detach ev_1 done")
	is.Equal(w.state(0), "attached")
}

func TestAnswersOfTheServerAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	w := newWorld(t, 0).wants(lifecycle.Detach, 0)
	w.db.Exec(t, `create table ev_rest partition of ev default; alter table ev add primary key (id);
create table ref (id bigint references ev); insert into ev values (5); insert into ref values (5)`)
	r, err := w.run(executor(w))
	is.NoErr(err)
	is.True(errors.Is(r.Err(), Referenced))
	var failed *OperationError
	is.True(errors.As(r.Err(), &failed))
	is.Equal(failed.SQLState, "23503")
	is.Equal(r.Done[0].Attempts, 1)
	is.Equal(w.state(0), "attached")

	w.db.Exec(t, "do $$ begin create role stranger login; exception when duplicate_object or unique_violation then null; end $$")
	conn, err := w.db.As(t, "stranger").Conn(t.Context())
	is.NoErr(err)
	results, err := executor(w).Run(t.Context(), conn, []lifecycle.Task{w.task()}, time.Time{})
	is.NoErr(err)
	is.True(errors.Is(results[0].Err(), RightLacking))
	is.NoErr(conn.Close())
	w.clean()
}
