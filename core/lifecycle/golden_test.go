package lifecycle

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each golden file is a whole plan: its findings, its operations with their reasons, and the text that would run.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, make := range goldenPlans {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, timestamptz)
			golden(t, name, planText(make(m)))
		})
	}
}

var goldenPlans = map[string]func(*model) Plan{
	"fresh": func(m *model) Plan {
		return m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20 14:30"))
	},
	"everything_follows_the_parent": func(m *model) Plan {
		t := &m.table
		t.Name = catalog.Name{Schema: "My Schema", Table: `Ev"ents`}
		t.Owner, t.RowSecurity, t.ForceRowSecurity, t.ReplicaIdentity, t.ReplicaIndex = "Boss", true, true, "i", []string{"id", "at"}
		t.StatTargets = []catalog.StatTarget{{Column: "id", Target: 500, Options: []string{"n_distinct=-0.5"}}}
		t.ForeignKeys = []catalog.ForeignKey{{Name: "tenant_fk", Out: true, Other: catalog.Name{Schema: "public", Table: "tenants"}}}
		return m.plan(Policy{Every: span("1 month"), Ahead: span("2"), Zone: zone("Europe/Berlin"), Schema: "public", Leaf: leaf.Rule{
			Tablespace: "fast", AccessMethod: "heap", Storage: map[string]string{"fillfactor": "70", "autovacuum_enabled": "false"}}}, date("2026-11-20"))
	},
	"work_as_the_owner": func(m *model) Plan {
		m.table.ActAs, m.table.Server.Role = "app", "deploy"
		m.days("2026-11-17", 4)
		for i := range m.table.Partitions {
			m.table.Partitions[i].ActAs = "app"
		}
		return m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3"), DropAfter: span("0")}, date("2026-11-20"))
	},
	"detach_beside_default": func(m *model) Plan {
		m.days("2026-11-17", 5)
		m.add("events_default", "DEFAULT")
		return m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3"), DropAfter: span("7 days")}, date("2026-11-20"))
	},
	"large_default": func(m *model) Plan {
		m.days("2026-11-20", 1)
		m.add("events_default", "DEFAULT")
		m.size = 5 << 30
		return m.plan(Policy{Every: span("1 day"), Ahead: span("3"), DefaultCheck: true}, date("2026-11-20"))
	},
	"week_to_month": func(m *model) Plan {
		m.apply(m.plan(Policy{Every: span("1 week"), Ahead: span("3")}, date("2026-11-18")))
		return m.plan(Policy{Every: span("1 month"), Ahead: span("2")}, date("2026-11-20"))
	},
	"detached_and_pending": func(m *model) Plan {
		m.days("2026-11-20", 2)
		m.detached("events__2026_11_19", "FOR VALUES FROM ('2026-11-19 00:00:00+00') TO ('2026-11-20 00:00:00+00')", "2026-11-19 12:00")
		m.detached("events__2026_10_01", "FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-10-02 00:00:00+00')", "2026-11-01")
		m.add("events__2026_10_02", "FOR VALUES FROM ('2026-10-02 00:00:00+00') TO ('2026-10-03 00:00:00+00')").State = catalog.Pending
		return m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("5"), DropAfter: span("1 week")}, date("2026-11-20"))
	},
}

// planText writes a plan for golden files.
func planText(p Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s\ncutoff %s, horizon %s, runway %s -> %s\n", p.Table, stamp(p.At), p.Cutoff, p.Horizon, p.Runway.Until, p.After.Until)
	for _, f := range p.Findings {
		fmt.Fprintf(&b, "\n%s %s: %s\n", f.Severity, f.Code, f.Message)
		for _, more := range []string{f.Remedy, f.SQL} {
			if more != "" {
				fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(more, "\n", "\n  "))
			}
		}
	}
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "\nstep %d%s\n", i+1, flags(s))
		for _, op := range s.Operations {
			fmt.Fprintf(&b, "  %s: %s (%s) %s\n", op.ID, op.Reason, op.ReasonCode, op.Locks)
		}
		b.WriteString(s.SQL(Limits{}))
	}
	return b.String()
}

func flags(s Step) string {
	text := ""
	if s.Retires {
		text = ", retires"
	}
	for _, id := range s.Prepares {
		text += ", prepares " + id
	}
	return text
}

// golden compares text with testdata/name.golden, or writes it with -update.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s differs; if it is meant, run the tests with -update:\n%s", file, text)
	}
}
