package wire

import (
	"cmp"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// PlanDocument is what `plan --format json` prints.
type PlanDocument struct {
	Version int         `json:"version"`
	At      *string     `json:"at"`
	Tables  []PlanTable `json:"tables"`
	Error   *string     `json:"error"`
}

// PlanTable is a table and what would be done for it.
type PlanTable struct {
	Table  *string `json:"table"`
	Cursor *string `json:"cursor"`
	Zone
	Operations []Operation `json:"operations"`
	Findings   []Finding   `json:"findings"`
}

// Zone is that of a table's windows.
type Zone struct {
	TimeZone     string `json:"timezone"`      // by its name in the tz database
	TimeZoneFrom string `json:"timezone_from"` // policy, existing (that of the existing partitions) or default
}

// Operation changes one partition.
type Operation struct {
	ID         string   `json:"id"`
	Step       int      `json:"step"`
	Kind       string   `json:"kind"`
	Parent     *string  `json:"parent"`
	Partition  *string  `json:"partition"`
	Bound      *string  `json:"bound"`
	From       *string  `json:"from"`
	To         *string  `json:"to"`
	Branch     []string `json:"branch"`
	Reason     *string  `json:"reason"`
	ReasonCode *string  `json:"reason_code"`
	LikeNewest []string `json:"like_newest"`
	SQL        []string `json:"sql"`
	Locks      []Lock   `json:"locks"`
	DropAt     *string  `json:"drop_at"`
	Destroys   bool     `json:"destroys"`
}

// Lock is a lock that an operation takes.
type Lock struct {
	Relation *string `json:"relation"`
	Mode     string  `json:"mode"`
}

// Finding is something a person should know.
type Finding struct {
	Code      string  `json:"code"`
	Severity  string  `json:"severity"`
	Message   string  `json:"message"`
	Remedy    *string `json:"remedy"`
	SQL       *string `json:"sql"`
	Partition *string `json:"partition"`
	From      *string `json:"from"`
	To        *string `json:"to"`
	Rows      *int64  `json:"rows"`
}

// Plan is the document for plans, or for the error that kept them from being made.
func Plan(plans []lifecycle.Plan, at time.Time, err error) PlanDocument {
	d := PlanDocument{Version: version, At: instant(at), Tables: []PlanTable{}, Error: errorText(err)}
	for _, p := range plans {
		d.Tables = append(d.Tables, planTable(p))
	}
	return d
}

func planTable(p lifecycle.Plan) PlanTable {
	t := PlanTable{Table: name(p.Table), Cursor: point(p.Cursor), Zone: zone(p), Operations: []Operation{}, Findings: findings(p.Findings)}
	for i, step := range p.Steps {
		for _, op := range step.Operations {
			t.Operations = append(t.Operations, operation(p, i, op))
		}
	}
	return t
}

func zone(p lifecycle.Plan) Zone {
	return Zone{TimeZone: p.Zone().String(), TimeZoneFrom: string(cmp.Or(p.ZoneFrom, level.ZoneByDefault))}
}

// operation numbers steps from 1.
func operation(p lifecycle.Plan, step int, op lifecycle.Operation) Operation {
	o := Operation{ID: op.ID, Step: step + 1, Kind: string(op.Kind), Parent: name(op.Parent), Partition: name(op.Partition),
		Bound: text(op.Bound), From: point(op.Window.From), To: point(op.Window.To), Branch: list(op.Branch),
		Reason: text(op.Reason), ReasonCode: text(op.ReasonCode), LikeNewest: list(op.Like), SQL: statements(p, step, op), Locks: []Lock{},
		DropAt: instant(op.DropAt), Destroys: op.Destroys}
	for _, l := range op.Locks {
		o.Locks = append(o.Locks, Lock{name(l.Relation), l.Mode})
	}
	return o
}

// statements are those that the operation consists of, after those of the steps that prepare it. `plan --format sql` has
// them with their transactions and limits.
func statements(p lifecycle.Plan, step int, op lifecycle.Operation) []string {
	all := []string{}
	for _, before := range p.Steps[:step] {
		if slices.Contains(before.Prepares, op.ID) {
			all = appendSQL(all, before.Statements)
		}
	}
	return appendSQL(appendSQL(all, p.Steps[step].Statements), op.Statements)
}

func appendSQL(all []string, statements []ddl.Statement) []string {
	for _, s := range statements {
		all = append(all, s.SQL)
	}
	return all
}

func findings(found []lifecycle.Finding) []Finding {
	all := []Finding{}
	for _, f := range found {
		one := Finding{Code: f.Code, Severity: string(f.Severity), Message: f.Message, Remedy: text(f.Remedy), SQL: text(f.SQL),
			Partition: name(f.Partition), From: point(f.Window.From), To: point(f.Window.To)}
		if f.Rows != 0 {
			one.Rows = &f.Rows
		}
		all = append(all, one)
	}
	return all
}
