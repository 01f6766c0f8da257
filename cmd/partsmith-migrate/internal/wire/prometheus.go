package wire

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// WritePrometheus writes the state of tables in Prometheus' text format (0.0.4). A sample whose value is not known is left
// out: no runway of a table that does not fit its policy, no bytes of a locked detached partition.
func WritePrometheus(w io.Writer, tables []Standing) error {
	var text strings.Builder
	for _, m := range metrics() {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name)
		for _, t := range tables {
			for _, s := range m.samples(t) {
				fmt.Fprintf(&text, "%s{table=\"%s\"%s} %s\n", m.name, escaped(t.Status.Plan.Table.String()), s.labels, number(s.value))
			}
		}
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

type metric struct {
	name, help string
	samples    func(Standing) []reading
}

type reading struct {
	labels string // beside table, each with a comma before it
	value  float64
}

func metrics() []metric {
	return []metric{
		{"partsmith_runway_seconds", "Time until the first instant without a partition of its own.", runway},
		{"partsmith_runway_default", "1 where rows fall into a DEFAULT partition when the runway is over, 0 where inserts fail.", runwayDefault},
		{"partsmith_default_rows", "Estimated rows in the DEFAULT partition.", defaultRows},
		{"partsmith_partitions", "Attached partitions, the DEFAULT partition included.", counting("attached", "default")},
		{"partsmith_expired_partitions", "Attached partitions that have expired under the policy.", expired},
		{"partsmith_detached", "Partitions that were detached and still exist.", counting("detached")},
		{"partsmith_detached_bytes", "Size of the partitions that were detached and still exist.", detachedBytes},
		{"partsmith_detach_pending", "Interrupted concurrent detaches.", counting("pending")},
		{"partsmith_findings", "Things that a person should know.", byCode},
	}
}

func runway(t Standing) []reading {
	plan := t.Status.Plan
	if endless(plan.Runway) {
		return []reading{{value: math.Inf(1)}}
	}
	left, ok := plan.Runway.From(plan.At)
	if !ok || plan.Horizon.IsZero() {
		return nil
	}
	return []reading{{value: left.Seconds()}}
}

func runwayDefault(t Standing) []reading {
	if t.Status.Plan.Horizon.IsZero() {
		return nil
	}
	if t.Status.Plan.Runway.Default {
		return []reading{{value: 1}}
	}
	return []reading{{value: 0}}
}

func defaultRows(t Standing) []reading {
	rows := 0.0
	for _, p := range t.Status.Partitions {
		if p.State == "default" {
			if p.Rows < 0 {
				return nil
			}
			rows += p.Rows
		}
	}
	return []reading{{value: rows}}
}

func counting(states ...string) func(Standing) []reading {
	return func(t Standing) []reading {
		n := 0
		for _, p := range t.Status.Partitions {
			for _, state := range states {
				if p.State == state {
					n++
				}
			}
		}
		return []reading{{value: float64(n)}}
	}
}

func expired(t Standing) []reading {
	n := 0
	for _, p := range t.Status.Partitions {
		if p.Expired && p.State == "attached" {
			n++
		}
	}
	return []reading{{value: float64(n)}}
}

func detachedBytes(t Standing) []reading {
	var bytes int64
	for _, p := range t.Status.Partitions {
		if p.State == "detached" {
			size, ok := t.Sizes[p.OID]
			if !ok {
				return nil
			}
			bytes += size
		}
	}
	return []reading{{value: float64(bytes)}}
}

// byCode counts the findings by code and severity, in the order in which they first stand.
func byCode(t Standing) []reading {
	var samples []reading
	at := map[lifecycle.Finding]int{}
	for _, f := range t.Status.Plan.Findings {
		key := lifecycle.Finding{Code: f.Code, Severity: f.Severity}
		if _, seen := at[key]; !seen {
			at[key] = len(samples)
			samples = append(samples, reading{labels: fmt.Sprintf(",code=\"%s\",severity=\"%s\"", escaped(f.Code), escaped(string(f.Severity)))})
		}
		samples[at[key]].value++
	}
	return samples
}

// escaped is a label's value as the format wants it.
func escaped(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
}

func number(value float64) string {
	if math.IsInf(value, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}
