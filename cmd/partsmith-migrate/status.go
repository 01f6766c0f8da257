package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/report"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

func statusCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "show each table's partitions, runway, sizes and findings",
		Flags: idle(acting(), commonFlags(runTime(), connectFor(0), formatFlag("text, json or prometheus"),
			&cli.BoolFlag{Name: "check", Usage: "exit with 3 if a person must act: a warning, an error, or too short a runway"})),
		Description: idleWords(acting()),
		Action:      func(c *cli.Context) error { return sh.status(c) },
	}
}

// standing is what status found.
type standing struct {
	at     time.Time
	tables []report.Standing
}

func (sh shell) status(c *cli.Context) error {
	if err := sh.noArguments(c); err != nil {
		return err
	}
	format, err := oneOf(c, "format", "text", "json", "prometheus")
	if err != nil {
		return err
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	found, err := w.standing(c.Context)
	if err := errors.Join(err, w.printStanding(format, found, err)); err != nil {
		return err
	}
	if c.Bool("check") && found.alarming() {
		return &exit.Error{Code: exit.Pending}
	}
	return nil
}

func (w work) standing(ctx context.Context) (standing, error) {
	database, conn, err := w.connect(ctx)
	if err != nil {
		return standing{}, err
	}
	defer database.Close()
	defer conn.Close()
	reading, err := w.read(ctx, conn)
	if err != nil {
		return standing{}, err
	}
	found := standing{at: w.clock(reading)}
	for _, t := range reading.Tables {
		status := lifecycle.MakeStatus(t.Table, t.Task.Policy, found.at)
		status.Plan = t.Plan // with the answers and findings of the reading
		found.tables = append(found.tables, report.Standing{Table: t.Table, Status: status})
	}
	return found, found.measure(ctx, conn)
}

// measure reads true sizes. What is locked has none.
func (s standing) measure(ctx context.Context, conn *sql.Conn) error {
	var oids []uint32
	for _, t := range s.tables {
		for _, p := range t.Status.Partitions {
			oids = append(oids, p.OID)
		}
	}
	sizes, err := catalog.Sizes(ctx, conn, oids)
	for i := range s.tables {
		s.tables[i].Sizes = sizes
	}
	return err
}

// alarming reports whether a person must act.
func (s standing) alarming() bool {
	for _, t := range s.tables {
		plan := t.Status.Plan
		if !plan.Horizon.IsZero() && !plan.Runway.Enough() {
			return true
		}
		for _, f := range plan.Findings {
			if f.Severity != lifecycle.Info {
				return true
			}
		}
	}
	return false
}

func (w work) printStanding(format string, found standing, err error) error {
	var tables []wire.Standing
	for _, t := range found.tables {
		tables = append(tables, wire.Standing{Status: t.Status, Sizes: t.Sizes})
	}
	switch {
	case format == "json":
		return wire.Write(w.out, wire.Status(tables, found.at, err))
	case err != nil:
		return nil
	case format == "prometheus":
		return wire.WritePrometheus(w.out, tables)
	}
	page := report.Page{Color: w.color}
	page.Standings(found.tables, found.at)
	_, err = io.WriteString(w.out, page.String())
	return err
}
