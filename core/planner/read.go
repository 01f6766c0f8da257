package planner

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// Read reads the catalog once for all tasks and plans each of them, in one transaction that only reads, where no name
// resolves elsewhere (catalog.Reading). Where plans ask, the questions are put to the database and these plans are made anew, at
// most four times. It changes nothing, takes no advisory lock, and no lock on anybody's table beyond ACCESS SHARE for questions.
// A zero at is the server's now(). It works on a standby, too, where Reading.Server.Check tells what cannot be done. On a
// session that is inside a transaction it gives catalog.ErrInTransaction.
func Read(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	return readAll(ctx, conn, tasks, at, func(*catalog.Table) {})
}

// ReadDue is Read for those who want the plans alone. What was read of partitions is forgotten with every 100 tables, so that
// a hundred thousand of them take little memory: Tables are without Partitions, Lost and ForeignKeys.
func ReadDue(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	return readAll(ctx, conn, tasks, at, func(t *catalog.Table) { t.Partitions, t.Lost, t.ForeignKeys = nil, nil, nil })
}

func readAll(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time, forget func(*catalog.Table)) (Reading, error) {
	var reading Reading
	err := catalog.Reading(ctx, conn, func(r *catalog.Reader) (err error) {
		reading, err = readPlans(ctx, r, tasks, at, forget)
		return err
	})
	if err != nil {
		return Reading{}, err
	}
	return reading, nil
}

// planner plans tasks part by part, as their tables are read.
type planner struct {
	reader  *catalog.Reader
	tasks   []lifecycle.Task
	at      time.Time
	forget  func(*catalog.Table)
	first   map[uint32]int // which task named a table first, by OID
	last    *part          // it is planned while the next one is read
	zones   []*time.Location
	known   func() []*time.Location // all zones of the tz database
	reading Reading
}

// part are some tables that were read together, and the tasks for them.
type part struct {
	tasks  []lifecycle.Task
	tables []catalog.Table
	plans  chan []lifecycle.Plan // as they are before anything is asked
	failed error                 // there are none
}

func readPlans(ctx context.Context, reader *catalog.Reader, tasks []lifecycle.Task, at time.Time, forget func(*catalog.Table)) (Reading, error) {
	var wants []catalog.Want
	for _, t := range tasks {
		wants = append(wants, catalog.Want{Table: t.Table, Schema: t.Policy.Schema})
	}
	p := &planner{reader: reader, tasks: tasks, at: at, forget: forget, first: map[uint32]int{}}
	var planning error
	err := reader.ReadParts(ctx, wants, func(first int, s catalog.Snapshot) error {
		planning = p.begin(ctx, first, s)
		return planning
	})
	if err != nil && planning == nil {
		err = fmt.Errorf("read catalog: %w", err)
	}
	if err == nil {
		err = p.finish(ctx)
	}
	if err != nil {
		return Reading{}, err
	}
	p.reading.reconcile()
	return p.reading, nil
}

// begin begins to plan the tables of a part, and ends with those of the part before.
func (p *planner) begin(ctx context.Context, first int, s catalog.Snapshot) error {
	if first == 0 {
		if err := s.Server.CheckReading(); err != nil {
			return err
		}
		p.zones, p.known = period.Zones(s.Server.TimeZones...), sync.OnceValue(period.KnownZones)
		p.reading.Server = s.Server
		if p.at.IsZero() {
			p.at = s.Server.Now
		}
	}
	if err := p.distinct(first, s.Tables); err != nil {
		return err
	}
	for i := range s.Tables {
		s.Tables[i].Server.Zones = p.zones
	}
	before := p.last
	p.last = &part{tasks: p.tasks[first : first+len(s.Tables)], tables: s.Tables, plans: make(chan []lifecycle.Plan, 1)}
	go p.last.plan(p.at)
	return p.end(ctx, before)
}

// plan makes the first plans. A calendar of the user's own may panic.
func (p *part) plan(at time.Time) {
	plans := make([]lifecycle.Plan, len(p.tables))
	p.failed = panics.Caught(func() error {
		for i, t := range p.tasks {
			t.Refuse(&p.tables[i])
			plans[i] = lifecycle.MakePlan(p.tables[i], t.Policy, at)
		}
		return nil
	})
	p.plans <- plans
}

// finish ends with the last part.
func (p *planner) finish(ctx context.Context) error { return p.end(ctx, p.last) }

// end asks what the plans of a part ask, and keeps them.
func (p *planner) end(ctx context.Context, done *part) error {
	if done == nil {
		return nil
	}
	plans := <-done.plans
	if done.failed != nil {
		return done.failed
	}
	if err := p.answer(ctx, done.tasks, done.tables, plans); err != nil {
		return err
	}
	if p.findZones(done, plans) {
		if err := p.answer(ctx, done.tasks, done.tables, plans); err != nil {
			return err
		}
	}
	for i := range done.tables {
		p.keep(Planned{Task: done.tasks[i], Table: done.tables[i], Plan: plans[i]})
	}
	return nil
}

// findZones plans those tables anew whose bounds are midnights of no zone that the server named, but of one that the tz database knows. It
// reports whether there are any.
func (p *planner) findZones(of *part, plans []lifecycle.Plan) (found bool) {
	for i, plan := range plans {
		strange := plan.StrangeEdges
		if len(strange) == 0 {
			continue
		}
		table := &of.tables[i]
		if table.Server.OtherZones = period.ZonesOf(strange, p.known()); len(table.Server.OtherZones) > 0 {
			plans[i], found = lifecycle.MakePlan(*table, of.tasks[i].Policy, p.at), true
		}
	}
	return found
}

// keep adds a table and its plan to the reading.
func (p *planner) keep(t Planned) {
	p.reading.Links.Add(t.Table)
	t.Leaves = leavesOf(&t.Table, t.Plan)
	p.forget(&t.Table)
	p.reading.Tables = append(p.reading.Tables, t)
}

// distinct refuses tasks that name one table twice: two policies for it would undo each other's work.
func (p *planner) distinct(from int, tables []catalog.Table) error {
	for i, table := range tables {
		first, twice := p.first[table.OID]
		if twice && table.OID != 0 {
			return &DuplicateTableError{Table: table.Name, First: p.tasks[first].Table, Second: p.tasks[from+i].Table}
		}
		p.first[table.OID] = from + i
	}
	return nil
}

// answer asks for all of some tables together, a few times, and plans those anew that asked. What is asked after that counts as
// not answered.
func (p *planner) answer(ctx context.Context, tasks []lifecycle.Task, tables []catalog.Table, plans []lifecycle.Plan) error {
	for range lifecycle.MostAsked {
		questions, asking := asked(tables, plans)
		if len(questions) == 0 {
			return nil
		}
		if err := p.reader.AnswerAll(ctx, questions, 0); err != nil {
			return err
		}
		for _, i := range asking {
			plans[i] = lifecycle.MakePlan(tables[i], tasks[i].Policy, p.at)
		}
	}
	_, asking := asked(tables, plans)
	for _, i := range asking {
		for _, ask := range plans[i].Asks {
			tables[i].Answers[ask] = catalog.Answer{Cause: "the answers so far raised further questions"}
		}
		plans[i] = lifecycle.MakePlan(tables[i], tasks[i].Policy, p.at)
	}
	return nil
}

// asked are the questions of plans, and the places of those that have any.
func asked(tables []catalog.Table, plans []lifecycle.Plan) (questions []catalog.Question, asking []int) {
	for i, plan := range plans {
		if len(plan.Asks) > 0 {
			questions, asking = append(questions, catalog.Question{Table: &tables[i], Asks: plan.Asks}), append(asking, i)
		}
	}
	return questions, asking
}
