package planner

import (
	"context"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/internal/panics"
)

// part are some tables that were read together, the tasks for them, and their plans, which are made while the session works for
// another part.
type part struct {
	tasks  []lifecycle.Task
	tables []catalog.Table
	plans  []lifecycle.Plan
	made   chan error // the plans are made; an error: they are not
	asked  int        // how often
	zoned  bool       // zones have been looked for
	done   bool       // nothing is to be asked any more
}

// newPart makes the first plans of tables.
func newPart(tasks []lifecycle.Task, tables []catalog.Table, at time.Time) *part {
	p := &part{tasks: tasks, tables: tables, plans: make([]lifecycle.Plan, len(tables)), made: make(chan error, 1)}
	all := make([]int, len(tables))
	for i, t := range tasks {
		t.Refuse(&tables[i])
		all[i] = i
	}
	go p.plan(all, at)
	return p
}

// plan makes some of the plans. A calendar of the user's own may panic.
func (p *part) plan(which []int, at time.Time) {
	p.made <- panics.Caught(func() error {
		for _, i := range which {
			p.plans[i] = lifecycle.MakePlan(p.tables[i], p.tasks[i].Policy, at)
		}
		return nil
	})
}

// forward waits for the plans of a part, asks what they ask, and has those that asked made anew.
func (p *planner) forward(ctx context.Context, q *part) error {
	if q.done {
		return nil
	}
	if err := <-q.made; err != nil {
		return err
	}
	again, err := q.answer(ctx, p.reader)
	if err != nil {
		return err
	}
	if len(again) == 0 && !q.zoned {
		again = q.findZones(p.known)
		q.zoned, q.asked = true, 0
	}
	if q.done = len(again) == 0; !q.done {
		go q.plan(again, p.at)
	}
	return nil
}

// answer asks for all tables together, and gives the places of those that asked. What is asked after a few times counts as not answered.
func (p *part) answer(ctx context.Context, reader *catalog.Reader) (asking []int, err error) {
	var questions []ask.Question
	for i, plan := range p.plans {
		if len(plan.Asks) > 0 {
			questions, asking = append(questions, ask.Question{Table: &p.tables[i], Asks: plan.Asks}), append(asking, i)
		}
	}
	p.asked++
	switch {
	case len(questions) == 0 || p.asked > lifecycle.MostAsked+1:
		return nil, nil
	case p.asked <= lifecycle.MostAsked:
		return asking, ask.All(ctx, reader, questions, 0)
	}
	for _, q := range questions {
		for _, asked := range q.Asks {
			q.Table.Answers[asked] = catalog.Answer{Cause: "the answers so far raised further questions"}
		}
	}
	return asking, nil
}

// findZones looks for those tables whose bounds are midnights of no zone that the server named, but of one that the tz database knows, and
// gives their places.
func (p *part) findZones(known func() []*time.Location) (found []int) {
	for i, plan := range p.plans {
		if strange := plan.StrangeEdges; len(strange) > 0 {
			p.tables[i].Server.OtherZones = period.ZonesOf(strange, known())
			if len(p.tables[i].Server.OtherZones) > 0 {
				found = append(found, i)
			}
		}
	}
	return found
}
