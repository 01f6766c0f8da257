package lifecycle

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// A plan that was written somewhere and read back tells the same, whichever of its methods is asked.
func TestPlanIsData(t *testing.T) {
	t.Parallel()
	for name, make := range goldenPlans {
		for by, carry := range map[string]func(*testing.T, Plan) Plan{"json": throughJSON, "gob": throughGob} {
			t.Run(name+" "+by, func(t *testing.T) {
				t.Parallel()
				plan := make(newModel(t, timestamptz))
				if back := carry(t, plan); !reflect.DeepEqual(told(back), told(plan)) {
					t.Errorf("%+v\nis not\n%+v", told(back), told(plan))
				}
			})
		}
	}
}

// told is what a plan says of itself.
func told(p Plan) (all []any) {
	all = append(all, planText(p), p.KeepInTime(), p.Zone().String(), p.Due(), p.StrangeEdges, p.ZoneFrom)
	for _, part := range []Plan{p, p.Creation(), p.Retirement(), p.Only(Create), p.Only(Detach, Drop), p.Select("public.events__2026_11_20")} {
		all = append(all, planText(part), part.After, part.RunwayWith(func(op Operation) bool { return op.Kind == Create }), len(part.Operations()))
	}
	links := Links{}
	links.Add(catalog.Table{OID: p.OID})
	plans := []Plan{p}
	Reconcile(links, plans)
	return append(all, codes(plans[0]))
}

func throughJSON(t *testing.T, p Plan) (back Plan) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func throughGob(t *testing.T, p Plan) (back Plan) {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(p); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&b).Decode(&back); err != nil {
		t.Fatal(err)
	}
	return back
}

// What another table's rows stop is told as before, too.
func TestReconcileOfDecodedPlans(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	finding := Finding{Code: "referenced", Severity: Error, Message: "it cannot be detached: rows point at it", Pointing: 7}
	drops := Step{Operations: []Operation{{Kind: Drop}}}
	referenced := throughGob(t, throughJSON(t, Plan{OID: 1, Findings: []Finding{finding}}))
	plans := []Plan{referenced, {OID: 7, Steps: []Step{drops}}}
	var links Links
	links.Add(catalog.Table{OID: 1})
	links.Add(catalog.Table{OID: 7, ForeignKeys: []catalog.ForeignKey{{Out: true, OtherOID: 1}}})
	Reconcile(links, plans)
	is.Equal(plans[0].Findings[0].Severity, Warning)
}

// A plan that a program builds by itself counts its runway by its policy.
func TestPlanBuiltByHand(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	day := func(n int) period.Point { return period.Instant(date("2026-11-20").AddDate(0, 0, n)) }
	window := func(n int) period.Window { return period.Window{From: day(n), To: day(n + 1)} }
	plan := Plan{
		Policy:  Policy{Every: period.Days(1)},
		Cursor:  period.Instant(date("2026-11-20 14:30")),
		Horizon: day(4),
		Covered: []period.Window{window(0)},
		Steps: []Step{{Operations: []Operation{{ID: "create a", Kind: Create, Partition: catalog.Name{Table: "a"}, Window: window(1)},
			{ID: "create b", Kind: Create, Partition: catalog.Name{Table: "b"}, Window: window(2)}}}},
	}
	for _, p := range []Plan{plan, throughJSON(t, plan), throughGob(t, plan)} {
		is.Equal(p.RunwayWith(func(Operation) bool { return false }).Until, day(1))
		is.Equal(p.Select("a").After.Until, day(2))
		is.Equal(p.Only(Create).After, Runway{Until: day(3), Windows: 2})
		is.Equal(p.Zone(), time.UTC)
	}
	is.Equal(Plan{Steps: plan.Steps}.Only(Create).After, Runway{}) // it says nothing of time
}

// fiscal are windows of ten days from the beginning of the year on: a calendar of the program's own.
type fiscal struct{}

func (fiscal) At(p period.Point) period.Window {
	return period.Grid{Every: period.Days(10), Zone: time.UTC}.At(p)
}
func (fiscal) Add(w period.Window, n int) period.Window {
	return period.Grid{Every: period.Days(10), Zone: time.UTC}.Add(w, n)
}
func (fiscal) Pattern() string { return "{table}__{yyyy}_{mm}_{dd}" }

// A calendar of the program's own is code and no data: it is put back, and until then the runways are those that were written.
func TestPlanOfAnOwnCalendar(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	plan := newModel(t, timestamptz).plan(Policy{Calendar: fiscal{}, Ahead: span("3"), Zone: zone("Europe/Berlin")}, date("2026-11-20"))
	for _, carry := range []func(*testing.T, Plan) Plan{throughJSON, throughGob} {
		back := carry(t, plan)
		is.Equal(back.RunwayWith(func(Operation) bool { return true }), plan.Runway)
		is.Equal(back.Zone().String(), "Europe/Berlin")
		back.Policy.Calendar = fiscal{}
		is.Equal(back.Only(Create).After, plan.After)
		is.True(plan.After != plan.Runway)
	}
}

// A policy keeps all it says but its calendar. A zone goes by its name, and one that is not known is an error.
func TestPolicyIsData(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := Policy{Every: span("1 month"), Zone: zone("Europe/Berlin"), Keep: span("90 days"), DropAfter: span("0"), Leaf: leaf.Rule{Storage: map[string]string{}},
		Within: &Policy{Every: span("1 day"), Zone: zone("Asia/Tokyo")}, List: []Group{{Name: "a", Values: []catalog.Datum{{Null: true}}}}}
	text, err := json.Marshal(p)
	is.NoErr(err)
	var back Policy
	is.NoErr(json.Unmarshal(text, &back))
	is.True(reflect.DeepEqual(back, p))
	is.True(json.Unmarshal([]byte(`{"Zone":"Moon/Tycho"}`), &back) != nil)
	is.NoErr(json.Unmarshal([]byte(`{}`), &back))
	is.True(back.Zone != nil) // as for every field that is not there
}
