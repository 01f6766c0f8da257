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
)

// Read reads the catalog once for all tasks and plans each of them, in one transaction that only reads, where no name
// resolves elsewhere (catalog.Reading). Where plans ask, the questions are put to the database and these plans are made anew, at
// most four times. It changes nothing, takes no advisory lock, and no lock on anybody's table beyond ACCESS SHARE for questions.
// A zero at is the server's now(). It works on a standby, too, where Reading.Server.Check tells what cannot be done. On a
// session that is inside a transaction it gives catalog.ErrInTransaction.
func Read(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	return readAll(ctx, conn, tasks, at, func(*catalog.Table) {})
}

// ReadDue is Read for those who want the plans alone. What was read of partitions is forgotten with every 50 tables, so that
// a hundred thousand of them take little memory: Tables are without Partitions, Lost, ForeignKeys and Answers.
func ReadDue(ctx context.Context, conn *sql.Conn, tasks []lifecycle.Task, at time.Time) (Reading, error) {
	return readAll(ctx, conn, tasks, at, func(t *catalog.Table) { t.Partitions, t.Lost, t.ForeignKeys, t.Answers = nil, nil, nil, nil })
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
	parts   []*part        // those whose plans are not all made yet
	zones   []*time.Location
	known   func() []*time.Location // all zones of the tz database
	reading Reading
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
		err = p.advance(ctx, 0)
	}
	if err != nil {
		return Reading{}, err
	}
	p.reading.reconcile()
	return p.reading, nil
}

// begin begins to plan the tables of a part, and goes on with those of the parts before.
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
	p.parts = append(p.parts, newPart(p.tasks[first:first+len(s.Tables)], s.Tables, p.at))
	return p.advance(ctx, mostParts)
}

// mostParts is how many parts are planned while the next one is read: one for the first time, and one anew, with what it asked.
const mostParts = 2

// advance goes on with all parts but the last, whose plans are just being made, and ends with the first ones until no more than most
// are left.
func (p *planner) advance(ctx context.Context, most int) error {
	for _, q := range p.parts[:max(len(p.parts)-1, 0)] {
		if err := p.forward(ctx, q); err != nil {
			return err
		}
	}
	for len(p.parts) > 0 && (p.parts[0].done || len(p.parts) > most) {
		q := p.parts[0]
		for !q.done {
			if err := p.forward(ctx, q); err != nil {
				return err
			}
		}
		for i := range q.tables {
			p.keep(Planned{Task: q.tasks[i], Table: q.tables[i], Plan: q.plans[i]})
		}
		p.parts[0], p.parts = nil, p.parts[1:]
	}
	return nil
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
