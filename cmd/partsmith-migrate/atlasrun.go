package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/atlascli"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/report"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/internal/exit"
	"github.com/partsmith/partsmith-migrate/plugin"
)

func (sh shell) atlasPlan(c *cli.Context) error {
	d, err := sh.deploy(c)
	if err != nil {
		return err
	}
	return d.onDatabase(c.Context, func(conn *sql.Conn, err error) error { return d.show(c.Context, conn, err, c.Bool("check")) })
}

func (sh shell) atlasApply(c *cli.Context) error {
	d, err := sh.deploy(c)
	if err != nil {
		return err
	}
	if !d.call.DryRun && !d.call.AutoApprove && !sh.shared {
		return exit.Usagef("atlas apply: nobody can be asked here; --auto-approve applies without asking, --dry-run only shows the plan")
	}
	return d.onDatabase(c.Context, func(conn *sql.Conn, err error) error {
		switch {
		case d.call.DryRun:
			return d.show(c.Context, conn, err, false)
		case d.call.AutoApprove || err != nil:
			return d.carryOut(c.Context, conn, err)
		}
		return d.ask(c.Context, conn)
	})
}

// onDatabase connects, reads the desired state, and calls act with what came of it.
func (d *deploy) onDatabase(ctx context.Context, act func(*sql.Conn, error) error) error {
	d.url = d.call.URL
	database, conn, err := d.connect(ctx)
	if err != nil {
		return act(nil, err)
	}
	defer database.Close()
	defer conn.Close()
	session.Awake(ctx, conn, func() { d.runner.Desired, err = d.desired(ctx) })
	return act(conn, err)
}

// desired reads the files, with the dev database where one is named.
func (d *deploy) desired(ctx context.Context) (*atlasext.Desired, error) {
	var dev *sql.Conn
	if d.call.Dev != "" {
		database, err := session.Open(ctx, d.call.Dev, d.sessions(", dev database"))
		if err != nil {
			return nil, fmt.Errorf("dev database: %w", err)
		}
		defer database.Close()
		if dev, err = database.Conn(ctx); err != nil {
			return nil, fmt.Errorf("dev database: %w", err)
		}
		defer dev.Close()
	}
	desired, err := d.call.Source(dev).Read(ctx)
	return desired, atlascli.Fault(err)
}

// show makes a plan and prints it.
func (d *deploy) show(ctx context.Context, conn *sql.Conn, err error, check bool) error {
	var plan *atlasext.Plan
	if err == nil {
		plan, err = d.runner.Plan(ctx, conn)
	}
	if err := errors.Join(err, d.printPlan(plan, err)); err != nil {
		return err
	}
	switch {
	case len(plan.Guards) > 0:
		return d.refusal(&atlasext.RefusedError{Guards: plan.Guards})
	case check && (plan.Due() || pending(plan.Partitions)):
		return &exit.Error{Code: exit.Pending}
	}
	return nil
}

func (d *deploy) printPlan(plan *atlasext.Plan, err error) error {
	switch {
	case d.format.JSON:
		return wire.Write(d.out, wire.SchemaPlan(plan, err))
	case d.format.Template != nil:
		return d.format.Write(d.out, d.call.Planned(plan, err, d.began, time.Now()))
	case err != nil:
		return nil
	}
	_, err = io.WriteString(d.out, d.planPage(plan))
	return err
}

func (d *deploy) planPage(plan *atlasext.Plan) string {
	page := report.Page{Color: d.color}
	page.SchemaPlan(plan, d.limits)
	return page.String()
}

// ask shows the plan on stderr, and goes on if the answer is yes.
func (d *deploy) ask(ctx context.Context, conn *sql.Conn) error {
	plan, err := d.runner.Plan(ctx, conn)
	if err != nil {
		return err
	}
	switch {
	case len(plan.Guards) > 0: // who can be asked gets nothing done unasked, not even creation
		return d.refusal(&atlasext.RefusedError{Guards: plan.Guards})
	case !plan.Due():
		return d.carryOut(ctx, conn, nil)
	}
	fmt.Fprintf(d.err, "%s\nApply it? Only yes applies: ", d.planPage(plan))
	session.Awake(ctx, conn, func() { err = d.approval(ctx) })
	if err != nil {
		return err
	}
	d.runner.Approved = plan
	return d.carryOut(ctx, conn, nil)
}

// approval waits for an answer, which is an error unless it is yes.
func (d *deploy) approval(ctx context.Context) error {
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(d.in).ReadString('\n') // the end of input is no yes
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case word := <-answer:
		if !strings.EqualFold(word, "yes") && !strings.EqualFold(word, "y") {
			return &exit.Error{Code: exit.NotAttempted, Err: errors.New("not approved, nothing was done")}
		}
	}
	return nil
}

// carryOut runs, and prints what came of it.
func (d *deploy) carryOut(ctx context.Context, conn *sql.Conn, err error) error {
	began := time.Now()
	var done *atlasext.Report
	if err == nil {
		progress := d.progress()
		d.runner.Executor.Progress = progress.heard
		done, err = d.runner.Run(ctx, conn)
		progress.clear()
		err = d.fill(done, err)
	}
	if err := d.printDone(done, time.Since(began), err); err != nil {
		return err
	}
	var refused *atlasext.RefusedError
	if errors.As(err, &refused) {
		return d.refusal(refused)
	}
	if _, told := err.(*plugin.IncompleteError); told { // table by table; joined with others it is not
		return &exit.Error{Code: exit.Unfinished}
	}
	return err
}

func (d *deploy) printDone(done *atlasext.Report, took time.Duration, err error) error {
	outcome := outcomeOf(done, err)
	switch {
	case d.format.JSON:
		return wire.Write(d.out, wire.SchemaResult(done, outcome, took, err))
	case d.format.Template != nil:
		return d.format.Write(d.out, d.call.Done(done, err, d.began, time.Now()))
	case done == nil || len(done.Applied)+len(done.Results) == 0 && err != nil:
		return nil
	}
	page := report.Page{Color: d.color}
	page.SchemaResults(done, report.Run{Results: done.Results, Err: err, Outcome: outcome, Took: took})
	_, err = io.WriteString(d.out, page.String())
	return err
}

// fill gives the tables of a run that found nothing due: it has only planned them.
func (d *deploy) fill(done *atlasext.Report, err error) error {
	if err != nil || done == nil || done.Plan == nil || done.Results != nil {
		return err
	}
	for _, plan := range done.Plan.Partitions {
		done.Results = append(done.Results, executor.Result{Plan: plan})
	}
	for _, r := range plugin.Incomplete(done.Results) {
		if d.runner.Strict || !r.Plan.Runway.Safe() {
			return &plugin.IncompleteError{Results: done.Results}
		}
	}
	return nil
}
