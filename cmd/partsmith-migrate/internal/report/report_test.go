package report

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/sample"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each golden file is what a person sees.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*Page){
		"plan": func(p *Page) {
			p.Plans(planned(sample.Aged(), sample.Beside(), sample.Fine(), sample.Plain(), sample.Missing(), sample.Lacking()), sample.At(), lifecycle.Limits{})
		},
		"plan_color": func(p *Page) {
			p.Color = true
			p.Plans(planned(sample.Beside(), sample.Plain()), sample.At(), lifecycle.Limits{})
		},
		"plan_converged": func(p *Page) { p.Plans(planned(sample.Fine()), sample.At(), lifecycle.Limits{}) },
		"result":         func(p *Page) { p.Results(mixed()) },
		"result_locked":  func(p *Page) { p.Results(locked()) },
		"result_nothing": func(p *Page) { p.Results(converged()) },
		"status":         func(p *Page) { p.Standings(standings(), sample.At()) },
		"misfits": func(p *Page) {
			p.Misfits([]lifecycle.Plan{sample.Plain().Plan, sample.Fine().Plan, sample.Missing().Plan})
		},
		"valid":          func(p *Page) { p.Valid(2, "") },
		"script":         func(p *Page) { p.text.WriteString(script(sample.Aged(), sample.Beside())) },
		"script_nothing": func(p *Page) { p.text.WriteString(script(sample.Fine())) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := &Page{}
			write(page)
			golden(t, name, page.String())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; look, then run with -update:\n%s", file, got)
	}
}

func planned(cases ...sample.Case) []Planned {
	var tables []Planned
	for _, c := range cases {
		tables = append(tables, Planned{Table: c.Table, Plan: c.Plan})
	}
	return tables
}

func script(cases ...sample.Case) string {
	var plans []lifecycle.Plan
	for _, c := range cases {
		plans = append(plans, c.Plan)
	}
	return Script(plans, sample.At(), lifecycle.Limits{})
}

// mixed is a run in which each fate of an operation occurs.
func mixed() Run {
	aged := sample.Aged()
	result := executor.Result{Plan: aged.Plan}
	for i, op := range aged.Plan.Operations() {
		d := executor.Done{Operation: op, Status: executor.Completed, Attempts: 1, Took: 12 * time.Millisecond}
		switch {
		case i == 1:
			d.Attempts, d.Took = 4, 2500*time.Millisecond
		case op.Kind == lifecycle.Detach:
			d.Status, d.Attempts = executor.Skipped, 0
			d.Err = &executor.SkipError{Reason: "left out on request"}
		case i == 5:
			d.Status, d.Attempts = executor.Failed, 9
			d.Err = errors.New("create public.events__2026_11_27: gave up after 9 attempts: lock timeout\nin the way: pid 4711 (report)")
		}
		result.Done = append(result.Done, d)
	}
	stopped := sample.Beside()
	return Run{Outcome: verdict.Incomplete, Took: 31 * time.Second, Results: []executor.Result{
		result, {Plan: stopped.Plan, Failure: errors.New("another run works on the table")}, {Plan: sample.Fine().Plan}, {Plan: sample.Plain().Plan}}}
}

// locked is told once, not once a table.
func locked() Run {
	err := &lock.BusyError{Key: 1, Holder: &lock.Holder{PID: 4711}}
	c := sample.Beside()
	return Run{Outcome: verdict.Locked, Err: err, Results: []executor.Result{{Plan: c.Plan, Failure: err}}}
}

func converged() Run {
	c := sample.Fine()
	return Run{Outcome: verdict.OK, Took: 20 * time.Millisecond, Results: []executor.Result{{Plan: c.Plan}}}
}

func standings() []Standing {
	var tables []Standing
	for _, c := range []sample.Case{sample.Aged(), sample.Beside(), sample.Fine(), sample.Plain()} {
		s := Standing{Table: c.Table, Status: lifecycle.MakeStatus(c.Table, c.Task.Policy, sample.At()), Sizes: map[uint32]int64{}}
		for i, p := range s.Status.Partitions {
			if i != 10 { // one is locked
				s.Sizes[p.OID] = 310_000_000
			}
		}
		tables = append(tables, s)
	}
	return tables
}

// A name may hold a line break, which must not end a comment of the script.
func TestScriptComments(t *testing.T) {
	t.Parallel()
	c := sample.Fine()
	c.Plan.Steps = []lifecycle.Step{{Operations: []lifecycle.Operation{{ID: "create a\nDROP TABLE b;"}}}}
	if text := script(c); strings.Contains(text, "\nDROP") {
		t.Errorf("the name runs as SQL:\n%s", text)
	}
}
