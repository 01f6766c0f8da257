package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

const timestamptz = "timestamp with time zone"

func TestPlan_fresh_table_gets_the_horizon(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	policy := Policy{Every: span("1 day"), Ahead: span("3")}
	plan := m.plan(policy, date("2026-11-20 14:30"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_20", "create public.events__2026_11_21", "create public.events__2026_11_22"})
	is.Equal(plan.Operations()[0].Bound, "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00')")
	is.Equal(len(plan.Steps), 1)
	is.Equal(len(plan.Findings), 0)
	is.True(!plan.Runway.Enough())
	is.True(plan.After.Enough())
	m.apply(plan)
	m.settled(policy, date("2026-11-20 14:30"))
}

func TestPlan_horizon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every, ahead string
		at           string
		windows      int
	}{
		{"1 day", "", "2026-11-20 14:30", 15}, // 14 days ahead: the 20th to the 4th, which begins before
		{"1 month", "", "2026-11-20 14:30", 4},
		{"1 hour", "", "2026-11-20 14:30", 200},
		{"15 minutes", "", "2026-11-20 14:30", 200},
		{"1 day", "1", "2026-11-20 14:30", 1},
		{"1 day", "14 days", "2026-11-20 00:00", 14},
		{"1 day", "14 days", "2026-11-20 00:01", 15},
		{"1 week", "1 day", "2026-11-18 00:00", 1},
		{"1 month", "2 months", "2026-11-20 14:30", 3},
	} {
		policy := Policy{Every: span(c.every)}
		if c.ahead != "" {
			policy.Ahead = span(c.ahead)
		}
		plan := newModel(t, timestamptz).plan(policy, date(c.at))
		if n := len(plan.Operations()); n != c.windows {
			t.Errorf("every %s ahead %q at %s: %d windows, want %d", c.every, c.ahead, c.at, n, c.windows)
		}
	}
}

func TestPlan_behind_stops_at_keep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	policy := Policy{Every: span("1 day"), Ahead: span("1"), Behind: 5}
	is.Equal(len(newModel(t, timestamptz).plan(policy, date("2026-11-20")).Operations()), 6)
	policy.Keep = span("3")
	ops := newModel(t, timestamptz).plan(policy, date("2026-11-20")).Operations()
	is.Equal(len(ops), 3)
	is.Equal(ops[0].Partition.Table, "events__2026_11_20") // the current window first
}

func TestPlan_expiry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keep string
		want []string // days that go
	}{
		{"3", []string{"2026_11_16", "2026_11_17"}},                             // 18, 19, 20 stay
		{"1", []string{"2026_11_16", "2026_11_17", "2026_11_18", "2026_11_19"}}, // the current one stays
		{"2 days", []string{"2026_11_16", "2026_11_17"}},                        // at or before the 18th, 14:30
		{"3 days", []string{"2026_11_16"}},
		{"1 hour", []string{"2026_11_16", "2026_11_17", "2026_11_18", "2026_11_19"}},
		{"", nil},
	} {
		m := newModel(t, timestamptz)
		m.days("2026-11-16", 6)
		policy := Policy{Every: span("1 day"), Ahead: span("2")}
		if c.keep != "" {
			policy.Keep = span(c.keep)
		}
		var gone []string
		for _, op := range m.plan(policy, date("2026-11-20 14:30")).Only(Detach).Operations() {
			gone = append(gone, strings.TrimPrefix(op.Partition.Table, "events__"))
		}
		if !slices.Equal(gone, c.want) {
			t.Errorf("keep %s: detaches %v, want %v", c.keep, gone, c.want)
		}
	}
}

func TestPlan_lowering_ahead_retires_nothing(t *testing.T) {
	t.Parallel()
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 30)
	is.New(t).True(!m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("1")}, date("2026-11-20")).Due())
}

func TestPlan_waiting_time(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 6)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("2"), DropAfter: span("7 days")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(ids(plan), []string{"detach public.events__2026_11_18"})
	is.Equal(plan.Operations()[0].DropAt, date("2026-11-27"))
	m.apply(plan)
	is.Equal(codes(m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("2")}, date("2026-11-20"))), []string{"info never_dropped"})
	is.True(slices.Contains(codes(m.plan(policy, date("2026-11-20 01:00"))), "info waiting"))

	before := m.plan(policy, date("2026-11-26 23:59")).Only(Drop)
	is.Equal(len(before.Operations()), 0)
	due := m.plan(policy, date("2026-11-27")).Only(Drop)
	is.Equal(ids(due), []string{"drop public.events__2026_11_18"})
	is.True(due.Operations()[0].Destroys)
	is.True(strings.Contains(due.Steps[0].SQL(Limits{}), "LOCK TABLE public.events__2026_11_18 IN ACCESS EXCLUSIVE MODE"))
}

func TestPlan_drop_in_the_same_run_when_nothing_waits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-18", 6)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("2"), DropAfter: span("0")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(ids(plan), []string{"detach public.events__2026_11_18", "drop public.events__2026_11_18"})
	m.apply(plan)
	is.True(m.find("events__2026_11_18") == nil)
	m.settled(policy, date("2026-11-20"))
}

func TestPlan_brake(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-01-01", 360)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("10")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(len(plan.Only(Detach).Steps), 0)
	is.True(slices.Contains(codes(plan), "warning retire_limited"))
	policy.MaxRetire = 1000
	is.Equal(len(m.plan(policy, date("2026-11-20")).Only(Detach).Operations()), 314)

	is.Equal(m.level(Policy{Every: span("1 hour")}, date("2026-11-20")).Brake, 72)
	is.Equal(m.level(Policy{Every: span("15 minutes")}, date("2026-11-20")).Brake, 288)
}

func TestPlan_drops_at_most_the_brake_oldest_first(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-15", 10)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("1"), DropAfter: span("1 hour"), MaxRetire: 50}
	m.apply(m.plan(policy, date("2026-11-20")))
	policy.MaxRetire = 2
	drops := m.plan(policy, date("2026-11-20 02:00"))
	is.Equal(ids(drops), []string{"drop public.events__2026_11_15", "drop public.events__2026_11_16"})
	is.True(slices.Contains(codes(drops), "warning retire_limited"))
}

func TestPlan_holds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-16", 6)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("2"), DropAfter: span("0")}
	m.find("events__2026_11_17").Held = true
	plan := m.plan(policy, date("2026-11-20"))
	is.True(!slices.Contains(ids(plan), "detach public.events__2026_11_17"))
	is.True(slices.Contains(ids(plan), "detach public.events__2026_11_16"))
	m.table.Held = true
	held := m.plan(policy, date("2026-11-20"))
	is.True(!held.Due())
	is.True(slices.Contains(codes(held), "info held"))
}

func TestPlan_default_partition(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("events_default", "DEFAULT")
	m.inside = []period.Point{period.Instant(date("2026-11-21 10:00")), period.Instant(date("2026-11-21 11:00"))}
	policy := Policy{Every: span("1 day"), Ahead: span("3"), Keep: span("1")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_20", "create public.events__2026_11_22"})
	is.Equal(len(plan.Steps), 2) // one at a time: each ATTACH locks DEFAULT
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "default_holds_rows" })
	is.Equal(plan.Findings[i].Rows, int64(2))
	is.Equal(plan.Findings[i].Severity, Error)
	is.True(strings.Contains(plan.Findings[i].SQL, "DELETE FROM public.events_default WHERE at OPERATOR(pg_catalog.>=) '2026-11-21 00:00:00+00'"))
}

func TestPlan_large_default(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("events_default", "DEFAULT")
	m.size = 1 << 30
	policy := Policy{Every: span("1 day"), Ahead: span("3")}
	plan := m.plan(policy, date("2026-11-20"))
	is.True(!plan.Due())
	is.True(slices.Contains(codes(plan), "error default_too_large"))

	policy.DefaultCheck = true
	plan = m.plan(policy, date("2026-11-20"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_21", "create public.events__2026_11_22"}) // never the current window
	is.Equal(len(plan.Steps), 3)
	text := plan.Steps[0].SQL(Limits{}) + plan.Steps[1].SQL(Limits{}) + plan.Steps[2].SQL(Limits{})
	for _, want := range []string{
		"CHECK (at IS NULL OR at OPERATOR(pg_catalog.<) '2026-11-21 00:00:00+00' OR at OPERATOR(pg_catalog.>=) '2026-11-23 00:00:00+00') NOT VALID",
		"VALIDATE CONSTRAINT partsmith_default_check",
		"DROP CONSTRAINT IF EXISTS partsmith_default_check;\nCOMMIT",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the steps lack %q:\n%s", want, text)
		}
	}
	is.True(len(plan.Steps[0].Undo) > 0)
}

func TestPlan_killed_default_check_goes_first(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 3)
	m.add("events_default", "DEFAULT").Checks = []catalog.Check{{Name: defaultCheckName}}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-20"))
	is.Equal(len(plan.Steps), 1)
	is.True(strings.Contains(plan.Steps[0].SQL(Limits{}), "DROP CONSTRAINT IF EXISTS partsmith_default_check"))
}

func TestPlan_unanswered(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.unknown = map[catalog.AskKind]string{catalog.AskTaken: "the server needed too long"}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("1")}, date("2026-11-20"))
	is.True(!plan.Due())
	is.True(slices.Contains(codes(plan), "error unanswered"))
}

func TestPlan_name_taken_by_a_stranger(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.taken = map[string]bool{"events__2026_11_21": true}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-20"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_20", "create public.events__2026_11_22"})
	is.True(slices.Contains(codes(plan), "error name_taken"))
}

func TestPlan_detached(t *testing.T) {
	t.Parallel()
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("5"), DropAfter: span("1 day")}
	const live = "FOR VALUES FROM ('2026-11-18 00:00:00+00') TO ('2026-11-19 00:00:00+00')"
	const old = "FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-10-02 00:00:00+00')"
	for name, c := range map[string]struct {
		bound  string
		change func(*model, *catalog.Partition)
		want   []string
		code   string
	}{
		"not expired: attached again": {live, func(*model, *catalog.Partition) {}, []string{"attach public.o"}, ""},
		"expired: dropped":            {old, func(*model, *catalog.Partition) {}, []string{"drop public.o"}, ""},
		"held":                        {old, func(_ *model, p *catalog.Partition) { p.Held = true }, nil, "info held"},
		"columns differ":              {live, func(_ *model, p *catalog.Partition) { p.Differs = []string{"column x is missing"} }, nil, "warning detached_differs"},
		"marker of another parent": {old, func(_ *model, p *catalog.Partition) {
			p.Marker.Parent.Table, p.Marker.OID, p.Marker.ParentOID = "other", 0, 0
		}, nil, "warning foreign_marker"},
		"parent renamed":                {old, func(_ *model, p *catalog.Partition) { p.Marker.Parent.Table = "other" }, []string{"drop public.o"}, ""},
		"parent renamed, attached":      {live, func(_ *model, p *catalog.Partition) { p.Marker.Parent.Table = "other" }, []string{"attach public.o"}, ""},
		"foreign owner":                 {old, func(_ *model, p *catalog.Partition) { p.Trusted = false }, nil, "warning foreign_owner"},
		"foreign owner, not expired":    {live, func(_ *model, p *catalog.Partition) { p.Trusted = false }, nil, "warning foreign_owner"},
		"parent made anew":              {old, func(_ *model, p *catalog.Partition) { p.Marker.ParentOID = 7 }, nil, "warning foreign_marker"},
		"restored dump":                 {live, func(_ *model, p *catalog.Partition) { p.Marker.OID = 7 }, nil, "warning foreign_marker"},
		"no third line, window unknown": {old, func(_ *model, p *catalog.Partition) { p.Marker.Bound, p.Marker.OID, p.Marker.ParentOID = "", 0, 0 }, nil, "warning foreign_marker"},
		"something depends on it":       {old, func(_ *model, p *catalog.Partition) { p.ReferencedBy = []string{"view v"} }, nil, "error referenced"},
		"not ours to drop": {old, func(_ *model, p *catalog.Partition) {
			p.Lacks = []catalog.Right{{What: "ownership", Relation: "public.o"}}
		}, nil, "error not_owner"},
		"no third line, known by its CHECK": {old, func(_ *model, p *catalog.Partition) {
			p.Marker.Bound, p.Marker.OID, p.Marker.ParentOID = "", 0, 0
			p.Checks = []catalog.Check{{Name: "o_at_check", Valid: true, Def: "((at IS NOT NULL) AND (at >= '2026-10-01 00:00:00+00'::timestamp with time zone) AND (at < '2026-10-02 00:00:00+00'::timestamp with time zone))"}}
		}, []string{"drop public.o"}, ""},
		"no third line, known by its name": {old, func(_ *model, p *catalog.Partition) {
			p.Name.Table, p.Marker.Bound, p.Marker.OID, p.Marker.ParentOID = "events__2026_10_01", "", 0, 0
		}, []string{"drop public.events__2026_10_01"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-19", 4)
			c.change(m, m.detached("o", c.bound, "2026-11-10"))
			plan := m.plan(policy, date("2026-11-20"))
			is.Equal(ids(plan), c.want)
			if c.code != "" {
				is.True(slices.Contains(codes(plan), c.code))
			}
		})
	}
}

func TestPlan_detached_with_rows_is_checked_before_it_is_attached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-21", 3)
	m.detached("o", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00')", "2026-11-19").Marker.Rest = "kept"
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20"))
	is.Equal(len(plan.Steps), 3)
	is.Equal(plan.Steps[0].Prepares, []string{"attach public.o"})
	last := plan.Steps[2].SQL(Limits{})
	is.True(strings.Contains(last, "ATTACH PARTITION public.o FOR VALUES FROM"))
	is.True(strings.Contains(last, "DROP CONSTRAINT IF EXISTS partsmith_attach_check"))
	is.True(strings.Contains(last, "COMMENT ON TABLE public.o IS 'kept'"))
}

func TestPlan_pending_detaches(t *testing.T) {
	t.Parallel()
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}
	for name, c := range map[string]struct {
		day    string
		marked bool
		want   []string
		code   string
		mark   bool // a marker is written
	}{
		"wanted":                              {"2026-11-20", false, []string{"finalize", "attach"}, "", true},
		"expired":                             {"2026-11-10", false, []string{"finalize"}, "", true},
		"neither, somebody else's":            {"2026-11-19", false, []string{"finalize"}, "info detach_pending", false},
		"neither, ours from a keep of before": {"2026-11-19", true, []string{"finalize", "attach"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-18", 6)
			m.remove("events__" + strings.ReplaceAll(c.day, "-", "_"))
			to := date(c.day).AddDate(0, 0, 1).Format(time.DateOnly)
			p := m.add("p", "FOR VALUES FROM ('"+c.day+" 00:00:00+00') TO ('"+to+" 00:00:00+00')")
			p.State = catalog.Pending
			if c.marked {
				p.Marker = &catalog.Marker{Parent: m.table.Name}
			}
			plan := m.plan(policy, date("2026-11-20"))
			var kinds []string
			for _, op := range plan.Operations() {
				kinds = append(kinds, string(op.Kind))
			}
			is.Equal(kinds, c.want)
			is.Equal(strings.Contains(stepSQL(plan, "finalize public.p"), "orphan-parent"), c.mark)
			if c.code != "" {
				is.True(slices.Contains(codes(plan), c.code))
			}
			m.apply(plan)
			m.settled(policy, date("2026-11-20"))
		})
	}
}

// An interrupted detach of what the policy leaves alone is finished, for it stands in the way, but neither marked nor dropped.
func TestPlan_pending_detach_of_what_is_left_alone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bound  string
		change func(*model, *catalog.Partition)
		code   string
	}{
		"held":            {"2026-11-11", func(_ *model, p *catalog.Partition) { p.Held = true }, "info held"},
		"its table held":  {"2026-11-11", func(m *model, _ *catalog.Partition) { m.table.Held = true }, "info held"},
		"off the grid":    {"2026-11-17", func(*model, *catalog.Partition) {}, "warning off_grid_expired"},
		"a foreign table": {"2026-11-11", func(_ *model, p *catalog.Partition) { p.Kind = "f" }, "info foreign_partition"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := newModel(t, timestamptz)
			m.days("2026-11-18", 6)
			p := m.add("p", "FOR VALUES FROM ('2026-11-10 00:00:00+00') TO ('"+c.bound+" 00:00:00+00')")
			p.State = catalog.Pending
			c.change(m, p)
			plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3"), DropAfter: span("0")}, date("2026-11-20"))
			is.Equal(ids(plan), []string{"finalize public.p"})
			is.True(!strings.Contains(stepSQL(plan, "finalize public.p"), "orphan-parent"))
			is.True(slices.Contains(codes(plan), c.code))
			is.True(slices.Contains(codes(plan), "info detach_pending"))
		})
	}
}

func TestPlan_off_grid_unbounded_unreadable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.table.Key = append(m.table.Key, catalog.Column{Name: "tenant", Type: "integer"})
	m.add("wide", "FOR VALUES FROM ('2026-10-01 00:00:00+00', MINVALUE) TO ('2026-10-08 00:00:00+00', MINVALUE)")
	m.add("low", "FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2026-10-01 00:00:00+00', MINVALUE)")
	m.add("high", "FOR VALUES FROM ('2026-12-01 00:00:00+00', MINVALUE) TO (MAXVALUE, MAXVALUE)")
	m.add("odd", "FOR VALUES FROM ('2026-11-21 00:00:00+00', 1) TO ('2026-11-21 00:00:00+00', 5)")
	policy := Policy{Every: span("1 day"), Ahead: span("3"), Keep: span("3")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(ids(plan), []string{"create public.events__2026_11_20", "create public.events__2026_11_22"}) // `odd` holds rows of the 21st
	is.True(slices.Contains(codes(plan), "warning off_grid_expired"))
	is.True(slices.Contains(codes(plan), "info unbounded"))
	is.True(slices.Contains(codes(plan), "error unreadable_bound"))
	is.Equal(plan.Operations()[1].Bound, "FOR VALUES FROM ('2026-11-22 00:00:00+00', MINVALUE) TO ('2026-11-23 00:00:00+00', MINVALUE)")
	policy.RetireOffGrid = true
	is.Equal(ids(m.plan(policy, date("2026-11-20")).Only(Detach)), []string{"detach public.low", "detach public.wide"})
}

func TestPlan_references(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-16", 7)
	m.table.ForeignKeys = []catalog.ForeignKey{{OID: 5, Name: "notes_fk", Other: catalog.Name{Schema: "public", Table: "notes"}}}
	m.pointed = map[uint32]bool{m.find("events__2026_11_16").OID: true}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}, date("2026-11-20"))
	is.Equal(ids(plan), []string{"detach public.events__2026_11_17"}) // the others go on
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "referenced" })
	is.True(strings.Contains(plan.Findings[i].Message, "notes_fk"))
}

func TestPlan_stale_marker_is_removed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-20", 2)
	m.find("events__2026_11_21").Marker = &catalog.Marker{Parent: m.table.Name, Rest: "mine"}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20"))
	is.Equal(ids(plan), []string{"unmark public.events__2026_11_21"})
	is.True(strings.Contains(plan.Steps[0].SQL(Limits{}), "COMMENT ON TABLE public.events__2026_11_21 IS 'mine'"))
}

func TestPlan_misfits(t *testing.T) {
	t.Parallel()
	day := Policy{Every: span("1 day")}
	for name, c := range map[string]struct {
		change func(*catalog.Table)
		policy Policy
		want   string
		remedy string
	}{
		"not partitioned": {func(t *catalog.Table) { t.Strategy, t.Kind = "", "r" }, day, "not partitioned", "PARTITION BY RANGE"},
		"a view":          {func(t *catalog.Table) { t.Strategy, t.Kind = "", "v" }, day, "a view", "take it out of the document"},
		"by list":         {func(t *catalog.Table) { t.Strategy = catalog.List }, day, "partitioned by list", "take it out of the document"},
		"by expression":   {func(t *catalog.Table) { t.Key[0].Name = "" }, day, "an expression", "Partition it by a column"},
		"other column":    {func(*catalog.Table) {}, Policy{Every: span("1 day"), Column: "created"}, "column at, and the policy says created", "`column: at`"},
		"other type":      {func(t *catalog.Table) { t.Key[0].Type = "text" }, day, "text", "timestamptz, timestamp or date"},
		"hours of a date": {func(t *catalog.Table) { t.Key[0].Type = "date" }, Policy{Every: span("1 hour")}, "cannot hold", "a longer `every`"},
		"no every":        {func(*catalog.Table) {}, Policy{}, "every", "`every`"},
		"name too long":   {func(*catalog.Table) {}, Policy{Every: span("1 day"), Name: strings.Repeat("x", 60) + "{yyyy}_{mm}_{dd}"}, "PostgreSQL keeps 63", "`name`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, timestamptz)
			c.change(&m.table)
			plan := m.plan(c.policy, date("2026-11-20"))
			if plan.Due() || len(plan.Findings) != 1 || plan.Findings[0].Code != "misfit" || !strings.Contains(plan.Findings[0].Message, c.want) {
				t.Fatalf("want one misfit that says %q, have %+v", c.want, plan.Findings)
			}
			if remedy := plan.Findings[0].Remedy; !strings.Contains(remedy, c.remedy) {
				t.Errorf("want a remedy that says %q, have %q", c.remedy, remedy)
			}
		})
	}
}

func TestPlan_missing_table(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.table = catalog.Table{Missing: true, Name: m.table.Name}
	is.Equal(codes(m.plan(Policy{Every: span("1 day")}, date("2026-11-20"))), []string{"error missing_table"})
	is.Equal(len(m.plan(Policy{Every: span("1 day"), Optional: true}, date("2026-11-20")).Findings), 0)
}

func TestPlan_rights(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.table.Lacks = []catalog.Right{{What: "ownership", Relation: "public.events", Grant: "GRANT app TO me"}}
	plan := m.plan(Policy{Every: span("1 day")}, date("2026-11-20"))
	is.True(!plan.Due())
	is.Equal(codes(plan), []string{"error not_owner"})
	m.detached("o", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00')", "2026-11-10")
	lacking := m.plan(Policy{Every: span("1 day"), Ahead: span("1")}, date("2026-11-20"))
	is.Equal(codes(lacking), []string{"error not_owner", "warning runway_short"}) // told once
	is.Equal(len(lacking.Findings), 2)
	m.remove("o")
	m.days("2026-11-20", 20)
	is.True(slices.Contains(codes(m.plan(Policy{Every: span("1 day")}, date("2026-11-20"))), "warning not_owner"))
}

func TestPlan_detach_needs_no_more_than_ownership(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-16", 10)
	policy := Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("3")}
	m.table.Lacks = []catalog.Right{{What: "CREATE", Relation: "public"}}
	is.Equal(len(m.plan(policy, date("2026-11-20")).Only(Detach).Operations()), 2)
	m.table.Lacks = []catalog.Right{{What: "ownership", Relation: "public.events"}}
	is.True(!m.plan(policy, date("2026-11-20")).Due())
}

func TestPlan_follows_another_tools_names(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.add("events_p20261119", "FOR VALUES FROM ('2026-11-19 00:00:00+00') TO ('2026-11-20 00:00:00+00')")
	m.add("events_p20261120", "FOR VALUES FROM ('2026-11-20 00:00:00+00') TO ('2026-11-21 00:00:00+00')")
	is.Equal(ids(m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-20"))), []string{"create public.events_p20261121"})
	named := Policy{Every: span("1 day"), Ahead: span("2"), Name: "{table}__{yyyy}_{mm}_{dd}"}
	is.True(slices.Contains(codes(m.plan(named, date("2026-11-20"))), "warning name_differs"))
}

func TestPlan_gap(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-10", 3)
	m.days("2026-11-20", 3)
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2"), Keep: span("60")}, date("2026-11-20"))
	i := slices.IndexFunc(plan.Findings, func(f Finding) bool { return f.Code == "gap" })
	is.Equal(plan.Findings[i].Window.String(), "[2026-11-13T00:00:00Z, 2026-11-20T00:00:00Z)")
	is.True(!plan.Due())
}

func TestPlan_cut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := newModel(t, timestamptz)
	m.days("2026-11-15", 6)
	policy := Policy{Every: span("1 day"), Ahead: span("3"), Keep: span("2"), DropAfter: span("0")}
	plan := m.plan(policy, date("2026-11-20"))
	is.Equal(len(plan.Only(Detach).Operations()), 4)
	is.Equal(len(plan.Only(Detach).Steps), 8) // the marker of each, then the detach
	one := plan.Select("public.events__2026_11_16")
	is.Equal(ids(one), []string{"detach public.events__2026_11_16", "drop public.events__2026_11_16"})
	is.Equal(ids(plan.Creation()), ids(plan.Only(Create)))
	is.Equal(len(plan.Retirement().Operations()), 8)
	is.True(plan.Only(Detach).After.Until != plan.After.Until)
}
