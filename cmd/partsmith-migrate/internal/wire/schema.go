package wire

import (
	"time"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
)

// SchemaPlanDocument is what `atlas plan --format json` prints: a plan, and what is done to the schema before it.
type SchemaPlanDocument struct {
	PlanDocument
	SchemaPart
}

// SchemaResultDocument is what `atlas apply --format json` prints. Its changes are those that were made.
type SchemaResultDocument struct {
	ResultDocument
	SchemaPart
	Attempts int `json:"attempts"`
}

// SchemaPart is about the schema.
type SchemaPart struct {
	Changes        []Change  `json:"changes"`
	Guards         []Guard   `json:"guards"`
	Hidden         []Hidden  `json:"hidden"`
	SchemaFindings []Finding `json:"findings"`
}

// Change is a statement.
type Change struct {
	SQL     string  `json:"sql"`
	Comment *string `json:"comment"`
	Outside bool    `json:"outside"`
}

// Guard stands in the way.
type Guard struct {
	Guard   string  `json:"guard"`
	Table   *string `json:"table"`
	Message string  `json:"message"`
	Flag    string  `json:"flag"`
}

// Hidden is left alone.
type Hidden struct {
	Schema string  `json:"schema"`
	Table  *string `json:"table"`
	Why    string  `json:"why"`
}

// SchemaPlan is the document for a plan, nil where an error kept it from being made.
func SchemaPlan(plan *atlasext.Plan, err error) SchemaPlanDocument {
	if plan == nil {
		plan = &atlasext.Plan{}
	}
	return SchemaPlanDocument{Plan(plan.Partitions, plan.At, err), schemaPart(plan, plan.Changes)}
}

// SchemaResult is the document for a run, whose report may be nil beside an error.
func SchemaResult(report *atlasext.Report, outcome verdict.Outcome, took time.Duration, err error) SchemaResultDocument {
	if report == nil {
		report = &atlasext.Report{}
	}
	plan := report.Plan
	if plan == nil {
		plan = &atlasext.Plan{}
	}
	return SchemaResultDocument{Result(report.Results, outcome, plan.At, took, err), schemaPart(plan, report.Applied), report.Attempts}
}

func schemaPart(plan *atlasext.Plan, changes []atlasext.Change) SchemaPart {
	s := SchemaPart{Changes: []Change{}, Guards: []Guard{}, Hidden: []Hidden{}, SchemaFindings: findings(plan.Findings)}
	for _, c := range changes {
		s.Changes = append(s.Changes, Change{c.SQL, text(c.Comment), c.Outside})
	}
	for _, g := range plan.Guards {
		s.Guards = append(s.Guards, Guard{string(g.Guard), name(g.Table), g.Message, g.Flag()})
	}
	for _, h := range plan.Hidden {
		s.Hidden = append(s.Hidden, Hidden{h.Name.Schema, text(h.Name.Table), h.Why})
	}
	return s
}

// PlanTables are the tables of a plan alone.
func PlanTables(plan *atlasext.Plan) []PlanTable { return SchemaPlan(plan, nil).Tables }

// ResultTables are those of a run.
func ResultTables(report *atlasext.Report) []ResultTable {
	return SchemaResult(report, "", 0, nil).Tables
}
