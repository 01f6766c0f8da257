package wire

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Standing is a table as it stands, with true sizes by OID. What is not in Sizes was locked.
type Standing struct {
	Status lifecycle.TableStatus
	Sizes  map[uint32]int64
}

// StatusDocument is what `status --format json` prints.
type StatusDocument struct {
	Version int           `json:"version"`
	At      *string       `json:"at"`
	Tables  []StatusTable `json:"tables"`
	Error   *string       `json:"error"`
}

// StatusTable is a table as it stands.
type StatusTable struct {
	Table  *string `json:"table"`
	Cursor *string `json:"cursor"`
	Zone
	Partitions    []Partition `json:"partitions"`
	RunwaySeconds *int64      `json:"runway_seconds"` // null: no end in sight, or the table does not fit its policy
	RunwayWindows *int        `json:"runway_windows"`
	RunwayUntil   *string     `json:"runway_until"`
	RunwayEnough  *bool       `json:"runway_enough"`  // as min_runway asks
	RunwayDefault *bool       `json:"runway_default"` // from runway_until on rows fall into a DEFAULT partition; false: inserts of them fail
	Findings      []Finding   `json:"findings"`
}

// Partition is a partition, a detached partition or the DEFAULT partition.
type Partition struct {
	Name      *string `json:"name"`
	Parent    *string `json:"parent"`
	Level     int     `json:"level"`
	Strategy  *string `json:"strategy"`
	Bound     *string `json:"bound"`
	From      *string `json:"from"`
	To        *string `json:"to"`
	Bytes     *int64  `json:"bytes"` // null: it was locked
	Rows      *int64  `json:"rows"`  // null: nobody has counted
	Estimated bool    `json:"estimated"`
	State     string  `json:"state"`
	Expired   bool    `json:"expired"`
	DropAt    *string `json:"drop_at"`
}

// Status is the document for the state of tables, or for the error that kept it from being read.
func Status(tables []Standing, at time.Time, err error) StatusDocument {
	d := StatusDocument{Version: version, At: instant(at), Tables: []StatusTable{}, Error: errorText(err)}
	for _, t := range tables {
		d.Tables = append(d.Tables, statusTable(t))
	}
	return d
}

func statusTable(s Standing) StatusTable {
	plan := s.Status.Plan
	t := StatusTable{Table: name(plan.Table), Cursor: point(plan.Cursor), Zone: zone(plan), Partitions: []Partition{}, Findings: findings(plan.Findings)}
	for _, p := range s.Status.Partitions {
		t.Partitions = append(t.Partitions, partition(p, s.Sizes))
	}
	if plan.Horizon.IsZero() {
		return t
	}
	enough := plan.Runway.Enough()
	t.RunwayWindows, t.RunwayUntil = &plan.Runway.Windows, point(plan.Runway.Until)
	t.RunwayEnough, t.RunwayDefault = &enough, &plan.Runway.Default
	if left, ok := plan.Runway.From(plan.At); ok {
		seconds := int64(left.Seconds())
		t.RunwaySeconds = &seconds
	}
	return t
}

func partition(p lifecycle.PartitionStatus, sizes map[uint32]int64) Partition {
	one := Partition{Name: name(p.Name), Parent: name(p.Parent), Level: p.Level, Strategy: text(string(p.Strategy)), Bound: text(p.Bound),
		From: point(p.Window.From), To: point(p.Window.To), State: p.State, Expired: p.Expired, DropAt: instant(p.DropAt)}
	if bytes, ok := sizes[p.OID]; ok {
		one.Bytes = &bytes
	}
	if p.Rows >= 0 {
		rows := int64(p.Rows)
		one.Rows, one.Estimated = &rows, true
	}
	return one
}

// endless reports whether rows will always find a partition.
func endless(r lifecycle.Runway) bool { return r.Until == period.High() }
