package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// model is one partitioned table as the catalog would show it, and what PostgreSQL would do to it.
type model struct {
	t        testing.TB
	table    catalog.Table
	oid      uint32
	inside   []period.Point             // keys of rows in DEFAULT
	size     int64                      // of DEFAULT
	taken    map[string]bool            // names of strangers
	pointed  map[uint32]bool            // OIDs of partitions whose rows foreign keys point at
	compared int64                      // partitions that were compared with the newest
	unknown  map[catalog.AskKind]string // questions without an answer, and why
	dropped  []Operation
}

const parentOID = 1000

// newModel is an empty table public.events, partitioned by a column of the given type.
func newModel(t testing.TB, columnType string) *model {
	column := catalog.Column{Name: "at", Type: columnType}
	return &model{t: t, oid: parentOID, table: catalog.Table{
		OID: parentOID, Name: catalog.Name{Schema: "public", Table: "events"}, Kind: "p", Strategy: catalog.Range,
		Key: []catalog.Column{column}, Columns: []catalog.Column{{Name: "id", Type: "bigint"}, column}, Owner: "app",
		Target: catalog.Schema{Name: "public", Exists: true, Create: true},
		Server: catalog.Server{Version: 180000, Role: "app", TimeZones: []string{"UTC"}, DeadlockTimeout: time.Second},
	}}
}

// add puts a partition with a bound into the table.
func (m *model) add(name, bound string) *catalog.Partition {
	m.oid++
	m.table.Partitions = append(m.table.Partitions, catalog.Partition{OID: m.oid, Name: catalog.Name{Schema: "public", Table: name},
		Kind: "r", Bound: catalog.ParseBound(bound), State: catalog.Attached, Rows: -1, Owner: "app", Trusted: true})
	return &m.table.Partitions[len(m.table.Partitions)-1]
}

// days adds a partition for each day, named in the default pattern.
func (m *model) days(from string, n int) {
	day := date(from)
	for range n {
		next := day.AddDate(0, 0, 1)
		m.add("events__"+day.Format("2006_01_02"), "FOR VALUES FROM ('"+day.Format(time.DateOnly)+" 00:00:00+00') TO ('"+next.Format(time.DateOnly)+" 00:00:00+00')")
		day = next
	}
}

// detached puts a detached partition with our marker into the table.
func (m *model) detached(name, bound, detachedAt string) *catalog.Partition {
	p := m.add(name, bound)
	p.State, p.Bound = catalog.Detached, catalog.Bound{}
	p.Marker = &catalog.Marker{Parent: m.table.Name, DetachedAt: date(detachedAt), OID: p.OID, ParentOID: m.table.OID, Bound: bound}
	p.Comment = p.Marker.String()
	return p
}

func (m *model) find(name string) *catalog.Partition {
	i := slices.IndexFunc(m.table.Partitions, func(p catalog.Partition) bool { return p.Name.Table == name })
	if i < 0 {
		return nil
	}
	return &m.table.Partitions[i]
}

// plan makes the plan, answering what it asks.
func (m *model) plan(policy Policy, at time.Time) Plan {
	m.table.Answers = catalog.Answers{}
	plan := MakePlan(m.table, policy, at)
	for n := 0; n < MostAsked && len(plan.Asks) > 0; n++ {
		for _, ask := range plan.Asks {
			m.table.Answers[ask] = m.answer(plan, ask)
		}
		plan = MakePlan(m.table, policy, at)
	}
	if len(plan.Asks) > 0 {
		m.t.Fatalf("a plan still asks after its answers: %+v", plan.Asks)
	}
	return plan
}

func (m *model) answer(plan Plan, ask catalog.Ask) catalog.Answer {
	if cause, ok := m.unknown[ask.Kind]; ok {
		return catalog.Answer{Cause: cause}
	}
	a := catalog.Answer{Known: true}
	switch ask.Kind {
	case catalog.AskTaken:
		a.Yes = m.taken[ask.Name.Table]
	case catalog.AskRows:
		w := period.Window{From: period.Low(), To: period.High()}
		if ask.From != "" {
			w.From = m.point(plan, ask.From)
		}
		if ask.To != "" {
			w.To = m.point(plan, ask.To)
		}
		for _, p := range m.inside {
			if w.Contains(p) {
				a.Count++
			}
		}
		a.Yes = a.Count > 0
	case catalog.AskOwn:
		a.Count = m.compared
	case catalog.AskSize:
		a.Bytes = m.size
	case catalog.AskReferenced:
		a.Yes = m.pointed[ask.Relation]
	}
	return a
}

// apply does what the plan says, as PostgreSQL would, and fails the test where PostgreSQL would refuse.
func (m *model) apply(plan Plan) {
	m.t.Helper()
	for _, op := range plan.Operations() {
		m.do(plan, op)
	}
}

func (m *model) do(plan Plan, op Operation) {
	m.t.Helper()
	switch p := m.find(op.Partition.Table); op.Kind {
	case Create:
		if p != nil {
			m.t.Fatalf("create %s: the name is taken", op.Partition)
		}
		m.mustNotOverlap(plan, op)
		m.add(op.Partition.Table, op.Bound)
	case Attach:
		m.mustNotOverlap(plan, op)
		p.State, p.Bound, p.Marker, p.Comment = catalog.Attached, catalog.ParseBound(op.Bound), nil, ""
	case Detach, Finalize:
		m.leave(plan, op, p)
	case Unmark:
		p.Comment, p.Marker = p.Marker.Rest, nil
	case Drop:
		if p.State != catalog.Detached {
			m.t.Fatalf("drop %s: it is %s", op.Partition, p.State)
		}
		m.dropped = append(m.dropped, op)
		m.remove(op.Partition.Table)
	}
}

func (m *model) leave(plan Plan, op Operation, p *catalog.Partition) {
	m.t.Helper()
	if p.State == catalog.Detached || op.Kind == Finalize && p.State != catalog.Pending {
		m.t.Fatalf("%s %s: it is %s", op.Kind, op.Partition, p.State)
	}
	marked := strings.Contains(stepSQL(plan, op.ID), "COMMENT ON TABLE")
	if !marked && op.Kind == Finalize {
		m.remove(op.Partition.Table)
		return
	}
	marker := catalog.Marker{Parent: m.table.Name, DetachedAt: plan.At, OID: p.OID, ParentOID: m.table.OID, Bound: p.Bound.Text}
	p.State, p.Bound, p.Marker, p.Comment = catalog.Detached, catalog.Bound{}, &marker, marker.String()
}

func (m *model) remove(name string) {
	m.table.Partitions = slices.DeleteFunc(m.table.Partitions, func(p catalog.Partition) bool { return p.Name.Table == name })
}

func (m *model) mustNotOverlap(plan Plan, op Operation) {
	m.t.Helper()
	l := m.level(plan.Policy, plan.At)
	for _, p := range m.table.Partitions {
		if e := l.Decode(p.Bound); e.Known && p.State != catalog.Detached && e.Window.Overlaps(op.Window) {
			m.t.Fatalf("%s %s %s overlaps %s %s", op.Kind, op.Partition, op.Window, p.Name, e)
		}
	}
}

// settled fails the test unless the plan has nothing to do and no hole is left from the current window to the horizon.
func (m *model) settled(policy Policy, at time.Time) {
	m.t.Helper()
	plan := m.plan(policy, at)
	if plan.Due() {
		m.t.Fatalf("at %s, after a run, there is still something to do: %s", stamp(at), ids(plan))
	}
	m.noHole(plan)
}

// noHole fails the test where a point from the current window to the horizon has no partition.
func (m *model) noHole(plan Plan) {
	m.t.Helper()
	need := period.Window{From: current(plan).From, To: plan.Horizon}
	if holes := need.Minus(plan.Covered); len(holes) > 0 {
		m.t.Fatalf("at %s no partition holds %v", stamp(plan.At), holes)
	}
}

// level is how the table is divided under a policy.
func (m *model) level(policy Policy, at time.Time) *level.Level {
	m.t.Helper()
	l, err := policy.read(m.table, period.Instant(at))
	if err != nil {
		m.t.Fatal(err)
	}
	return l
}

// point reads a literal of the key.
func (m *model) point(plan Plan, literal string) period.Point {
	m.t.Helper()
	key, err := period.EncodingOf(m.table.Key[0].Type, "", plan.Zone())
	if err != nil {
		m.t.Fatal(err)
	}
	p, err := key.Decode(literal)
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

// current is the window that holds the plan's instant.
func current(plan Plan) period.Window {
	return period.Grid{Every: plan.Policy.Every, Zone: plan.Zone()}.At(plan.Cursor)
}

// stepSQL is the text of the steps that do or prepare an operation.
func stepSQL(plan Plan, id string) string {
	var b strings.Builder
	for _, s := range plan.Steps {
		mine := slices.Contains(s.Prepares, id) || slices.ContainsFunc(s.Operations, func(op Operation) bool { return op.ID == id })
		if mine {
			b.WriteString(s.SQL(Limits{}))
		}
	}
	return b.String()
}

func ids(plan Plan) []string {
	var all []string
	for _, op := range plan.Operations() {
		all = append(all, op.ID)
	}
	return all
}

// codes are the codes of the findings, each with its severity.
func codes(plan Plan) []string {
	var all []string
	for _, f := range plan.Findings {
		all = append(all, string(f.Severity)+" "+f.Code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// date reads a day, or an instant, as UTC.
func date(text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("not a date: " + text)
}

// span reads a span.
func span(text string) period.Span {
	s, err := period.ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return s
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}
