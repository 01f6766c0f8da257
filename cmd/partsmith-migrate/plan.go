package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/report"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

func planCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "show what apply would do, and why; takes no lock and changes nothing",
		Flags: idle(waiting(), commonFlags(runTime(), connectFor(0), formatFlag("text, json, or sql for psql"),
			&cli.BoolFlag{Name: "check", Usage: "exit with 3 if anything is pending"})),
		Description: idleWords(waiting()),
		Action:      func(c *cli.Context) error { return sh.plan(c) },
	}
}

func (sh shell) plan(c *cli.Context) error {
	if err := sh.noArguments(c); err != nil {
		return err
	}
	format, err := oneOf(c, "format", "text", "json", "sql")
	if err != nil {
		return err
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	reading, err := w.planned(c.Context)
	if err := errors.Join(err, w.printPlan(format, reading, err)); err != nil {
		return err
	}
	plans := reading.Plans()
	if c.Bool("check") && pending(plans) {
		return &exit.Error{Code: exit.Pending}
	}
	if erring(plans) {
		return &exit.Error{Code: exit.Unfinished} // as apply would end; the findings are printed
	}
	return nil
}

// planned reads what apply would do: later than the server's clock it would neither detach nor drop.
func (w work) planned(ctx context.Context) (planner.Reading, error) {
	database, conn, err := w.connect(ctx)
	if err != nil {
		return planner.Reading{}, err
	}
	defer database.Close()
	defer conn.Close()
	reading, err := w.readBy(ctx, conn, planner.ReadDue)
	if err != nil || w.atDestroys || !w.at.After(reading.Server.Now) {
		return reading, err
	}
	for i, t := range reading.Tables {
		p := t.Plan
		cut := p.Only(lifecycle.Create, lifecycle.Attach, lifecycle.Finalize, lifecycle.Unmark)
		if left := len(p.Operations()) - len(cut.Operations()); left > 0 {
			w.say(slog.LevelWarn, fmt.Sprintf("%s: %d detaches and drops are left out, because --at is later than the server's clock; --at-destroys includes them", p.Table, left))
		}
		reading.Tables[i].Plan = cut
	}
	return reading, nil
}

func (w work) printPlan(format string, reading planner.Reading, err error) error {
	at := w.clock(reading)
	switch {
	case format == "json":
		return wire.Write(w.out, wire.Plan(reading.Plans(), at, err))
	case err != nil:
		return nil
	case format == "sql":
		_, err := io.WriteString(w.out, report.Script(reading.Plans(), at, w.limits))
		return err
	}
	page := report.Page{Color: w.color}
	var tables []report.Planned
	for _, t := range reading.Tables {
		tables = append(tables, report.Planned{Table: t.Table, Plan: t.Plan})
	}
	page.Plans(tables, at, w.limits)
	_, err = io.WriteString(w.out, page.String())
	return err
}

// clock is the instant that everything was planned for.
func (w work) clock(reading planner.Reading) time.Time {
	if w.at.IsZero() {
		return reading.Server.Now
	}
	return w.at
}

// pending reports whether something that a policy wants is not done, be it that a run would do it or that none can.
func pending(plans []lifecycle.Plan) bool {
	return slices.ContainsFunc(plans, lifecycle.Plan.Due) || erring(plans)
}

// erring reports whether a finding says that something cannot be done.
func erring(plans []lifecycle.Plan) bool {
	return slices.ContainsFunc(plans, func(p lifecycle.Plan) bool {
		return slices.ContainsFunc(p.Findings, func(f lifecycle.Finding) bool { return f.Severity == lifecycle.Error })
	})
}
