package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/sample"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

var update = flag.Bool("update", false, "write the golden files anew")

// keys are every path in a JSON document, a list's elements taken together: tables[].operations[].id.
func keys(value any, path string, found map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			found[path+key] = true
			keys(inner, path+key+".", found)
		}
	case []any:
		for _, inner := range v {
			keys(inner, strings.TrimSuffix(path, ".")+"[].", found)
		}
	}
}

// A key that was there once stays, whether or not there is something to say.
func TestKeys(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"plan.keys": samplePlan(), "result.keys": sampleResult(), "status.keys": Status(standings(), sample.At(), nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var text bytes.Buffer
			is.NoErr(Write(&text, value))
			var read any
			is.NoErr(json.Unmarshal(text.Bytes(), &read))
			found := map[string]bool{}
			keys(read, "", found)
			golden(t, name, strings.Join(slices.Sorted(maps.Keys(found)), "\n")+"\n")
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var text bytes.Buffer
	is.NoErr(Write(&text, samplePlan()))
	golden(t, "plan.json", text.String())
	text.Reset()
	is.NoErr(WritePrometheus(&text, standings()))
	golden(t, "status.prom", text.String())
}

// Where nothing could be read, lists are empty, not null.
func TestErrorDocuments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	err := errors.New("connect: nobody answers")
	for _, value := range []any{Plan(nil, time.Time{}, err), Status(nil, time.Time{}, err), Result(nil, verdict.Failed, time.Time{}, 0, err)} {
		var text bytes.Buffer
		is.NoErr(Write(&text, value))
		is.True(strings.Contains(text.String(), `"tables": []`))
		is.True(strings.Contains(text.String(), `"at": null`))
		is.True(strings.Contains(text.String(), `"error": "connect: nobody answers"`))
	}
}

// Every line of the exposition is one that Prometheus reads.
func TestPrometheusSyntax(t *testing.T) {
	t.Parallel()
	tables := standings()
	tables[0].Status.Plan.Table.Table = "a\"b\\c\nd"
	var text bytes.Buffer
	if err := WritePrometheus(&text, tables); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) partsmith_[a-z_]+ .+|partsmith_[a-z_]+\{[a-z]+="([^"\\]|\\[\\"n])*"(,[a-z]+="([^"\\]|\\[\\"n])*")*\} (\+Inf|-?[0-9.]+))$`)
	for _, l := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		if !line.MatchString(l) {
			t.Errorf("not readable: %s", l)
		}
	}
}

func samplePlan() PlanDocument {
	return Plan([]lifecycle.Plan{sample.Aged().Plan, sample.Plain().Plan}, sample.At(), nil)
}

func sampleResult() ResultDocument {
	plan := sample.Aged().Plan
	r := executor.Result{Plan: plan}
	for _, op := range plan.Operations() {
		r.Done = append(r.Done, executor.Done{Operation: op, Status: executor.Completed, Attempts: 1})
	}
	return Result([]executor.Result{r}, verdict.OK, sample.At(), time.Second, nil)
}

func standings() []Standing {
	var tables []Standing
	for _, c := range []sample.Case{sample.Aged(), sample.Beside(), sample.Plain()} {
		s := Standing{Status: lifecycle.MakeStatus(c.Table, c.Task.Policy, sample.At()), Sizes: map[uint32]int64{}}
		for _, p := range s.Status.Partitions {
			s.Sizes[p.OID] = 310_000_000
		}
		tables = append(tables, s)
	}
	return tables
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
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
