package lifecycle

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
)

// owned are days of which the newest has something of its own.
func owned(t *testing.T, days, compared int, own ...catalog.Own) *model {
	m := newModel(t, timestamptz)
	m.days("2026-11-19", days)
	m.table.Partitions[days-1].Own = own
	m.compared = int64(compared)
	return m
}

func index(name, def string, partitions int) catalog.Own {
	return catalog.Own{Kind: catalog.OwnIndex, Name: name, Def: def, Partitions: partitions}
}

// statementsOf are the statements of the first operation that are not about what every partition gets.
func statementsOf(plan Plan) string {
	var all []string
	for _, s := range plan.Operations()[0].Statements {
		if s.SQL != "" && !strings.HasPrefix(s.SQL, "CREATE TABLE") && !s.Holds && !strings.Contains(s.SQL, "set_config") {
			all = append(all, s.SQL)
		}
	}
	return strings.Join(all, "\n")
}

func TestOwn_names_of_indexes(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		"events__2026_11_20_hot":                        "CREATE INDEX events__2026_11_21_hot ON ",
		"hot_events__2026_11_20":                        "CREATE INDEX hot_events__2026_11_21 ON ",
		"hot_events__2026_11_20_of_day":                 "CREATE INDEX hot_events__2026_11_21_of_day ON ",
		"events__2026_11_20_hot_idx":                    "CREATE INDEX events__2026_11_21_hot_idx ON ",
		"events__2026_11_20_taken":                      "CREATE INDEX ON ", // somebody has the name
		"events__2026_11_201":                           "CREATE INDEX ON ", // the name of another table
		"events__2026_11_20_id_idx":                     "CREATE INDEX ON ", // PostgreSQL's own
		"events__2026_11_20_id_at_idx12":                "CREATE INDEX ON ",
		"events__2026_11_20_expr_id_key":                "CREATE INDEX ON ",
		"events__2026_11_20_pkey":                       "CREATE INDEX ON ",
		"by_day":                                        "CREATE INDEX ON ",
		"events__2026_11_20_" + strings.Repeat("x", 45): "CREATE INDEX ON ", // too long behind a longer name, and as it is: 63 bytes
	} {
		t.Run(own, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := owned(t, 2, 2, index(own, "USING btree (id)", 2))
			m.table.Columns = append(m.table.Columns, catalog.Column{Name: "id"})
			m.taken = map[string]bool{"events__2026_11_21_taken": true}
			name := ""
			if len(own) > 60 {
				name = "{table}_longer_{yyyy}_{mm}_{dd}"
			}
			got := statementsOf(m.plan(Policy{Every: span("1 day"), Ahead: span("3"), Name: name}, date("2026-11-19")))
			is.True(strings.HasPrefix(got, want)) // got
		})
	}
}

// What only says something about the partition that it stands on goes no further.
func TestOwn_of_one_partition_alone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	bounds := catalog.Own{Kind: catalog.OwnCheck, Name: "bounds", Def: "CHECK ((at >= '2026-11-19'))", Keyed: true, Partitions: 1}
	m := owned(t, 1, 1, bounds, catalog.Own{Kind: catalog.OwnCheck, Name: "paid", Def: "CHECK ((paid > 0))", Partitions: 1})
	m.table.Partitions[0].Comment = "the first day"
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("2")}, date("2026-11-19"))
	is.Equal(statementsOf(plan), "ALTER TABLE public.events__2026_11_20 ADD CONSTRAINT paid CHECK ((paid > 0))")
	is.Equal(plan.Operations()[0].Like, []string{"check paid"})
}

// What a role that is not trusted has put on its partition goes no further.
func TestOwn_of_a_stranger(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := owned(t, 2, 2, catalog.Own{Kind: catalog.OwnTrigger, Name: "t", Def: "BEFORE INSERT ON \x02 FOR EACH ROW EXECUTE FUNCTION public.mine()", Partitions: 2})
	for i := range m.table.Partitions {
		m.table.Partitions[i].Unlogged = true
	}
	m.table.Partitions[1].Trusted = false
	op := m.plan(Policy{Every: span("1 day"), Ahead: span("3")}, date("2026-11-19")).Operations()[0]
	is.Equal(len(op.Like), 0)
	is.True(!strings.Contains(op.Statements[0].SQL, "UNLOGGED"))
}

// What all have and cannot be made is told, what some have is told as well.
func TestOwn_that_is_not_made(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := owned(t, 3, 3,
		catalog.Own{Kind: catalog.OwnForeignKey, Name: "users", Def: "FOREIGN KEY (id) REFERENCES public.users(id)", Partitions: 3},
		catalog.Own{Kind: catalog.OwnRule, Name: "away", Partitions: 3},
		catalog.Own{Kind: catalog.OwnTrigger, Name: "odd", Partitions: 3},
		index("Strange", "", 3),
		catalog.Own{Kind: catalog.OwnCheck, Name: "year", Def: "CHECK ((at >= '2026-01-01'))", Keyed: true, Partitions: 3},
		catalog.Own{Kind: catalog.OwnCheck, Name: "bounds", Def: "CHECK ((at >= '2026-11-21'))", Keyed: true, Partitions: 1},
		index("x", "USING gin (doc) WHERE (id > 0)", 2))
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("4")}, date("2026-11-19"))
	is.Equal(statementsOf(plan), "")
	var told []string
	for _, f := range plan.Findings {
		if f.Code == "leaf_differs" {
			told = append(told, string(f.Severity)+" "+f.Message)
		}
	}
	is.Equal(told, []string{
		"info public.events__2026_11_21, the newest partition of public.events, has what others lack, and new ones do not get it: index USING gin (doc) (on 2 of 3 partitions)",
		"warning all partitions of public.events have what it lacks itself, and new ones do not get it: foreign key users, rule away, trigger odd, index \"Strange\", check year"})
}

// Where it cannot be told what new partitions are to be like, those that inserts will soon need are made, and the others wait.
func TestOwn_that_could_not_be_told(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	m := owned(t, 1, 1)
	m.unknown = map[catalog.AskKind]string{catalog.AskOwn: "the table is locked by another session"}
	plan := m.plan(Policy{Every: span("1 day"), Ahead: span("5")}, date("2026-11-19"))
	is.Equal(len(plan.Operations()), 1) // up to min_runway, the end of the next window
	is.Equal(plan.Operations()[0].Partition.Table, "events__2026_11_20")
	var told []string
	for _, f := range plan.Findings {
		if f.Code == "leaf_differs" || f.Code == "unanswered" {
			told = append(told, string(f.Severity)+" "+f.Code)
		}
	}
	is.Equal(told, []string{"warning leaf_differs", "error unanswered"})
}

// Each respect can be had, or left, by itself.
func TestLeaf_by_itself(t *testing.T) {
	t.Parallel()
	all := []catalog.Own{
		index("i", "USING btree (id)", 2),
		{Kind: catalog.OwnConstraint, Name: "u", Def: "UNIQUE (id)", Partitions: 2},
		{Kind: catalog.OwnTrigger, Name: "t", Def: "BEFORE INSERT ON \x02 FOR EACH ROW EXECUTE FUNCTION public.f()", Partitions: 2},
		{Kind: catalog.OwnComment, Name: "id", Def: "the id", Partitions: 2},
		{Kind: catalog.OwnPolicy, Name: "p", Def: "TO PUBLIC USING (true)", Partitions: 2},
		{Kind: catalog.OwnTarget, Name: "id", Def: "500", Partitions: 2},
		{Kind: catalog.OwnCompression, Name: "id", Def: "lz4", Partitions: 2},
		{Kind: catalog.OwnToast, Def: "autovacuum_enabled=false", Partitions: 2},
	}
	const given = "tablespace fast, replica identity FULL, comment, unlogged"
	for name, c := range map[string]struct {
		leaf leaf.Rule
		want string
	}{
		"all":                {leaf.Rule{}, "index (id), UNIQUE (id), trigger t, comment of column id, policy p, statistics of column id, compression of column id, toast.autovacuum_enabled=false, row security on, " + given},
		"none":               {leaf.Rule{Like: leaf.LikeParent}, ""},
		"indexes alone":      {leaf.Rule{Like: leaf.LikeParent, Indexes: leaf.LikeNewest}, "index (id)"},
		"constraints alone":  {leaf.Rule{Like: leaf.LikeParent, Constraints: leaf.LikeNewest}, "UNIQUE (id)"},
		"triggers alone":     {leaf.Rule{Like: leaf.LikeParent, Triggers: leaf.LikeNewest}, "trigger t"},
		"comments alone":     {leaf.Rule{Like: leaf.LikeParent, Comments: leaf.LikeNewest}, "comment of column id, comment"},
		"row security alone": {leaf.Rule{Like: leaf.LikeParent, RowSecurity: leaf.LikeNewest}, "policy p, row security on"},
		"statistics alone":   {leaf.Rule{Like: leaf.LikeParent, Statistics: leaf.LikeNewest}, "statistics of column id"},
		"others alone": {leaf.Rule{Indexes: leaf.LikeParent, Constraints: leaf.LikeParent, Triggers: leaf.LikeParent, Comments: leaf.LikeParent, RowSecurity: leaf.LikeParent, Statistics: leaf.LikeParent},
			"compression of column id, toast.autovacuum_enabled=false, tablespace fast, replica identity FULL, unlogged"},
		"storage and places given": {leaf.Rule{Storage: map[string]string{"fillfactor": "70"}, Tablespace: "slow", Logging: leaf.Logged},
			"index (id), UNIQUE (id), trigger t, comment of column id, policy p, statistics of column id, compression of column id, row security on, replica identity FULL, comment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			m := owned(t, 2, 2, all...)
			m.table.ReplicaIdentity = "d"
			for i := range m.table.Partitions {
				p := &m.table.Partitions[i]
				p.Tablespace, p.AccessMethod, p.Unlogged, p.RowSecurity, p.Identity, p.Comment = "fast", "heap", true, catalog.RowSecurity{On: true}, "f", "rows\npartsmith:hold for the audit"
			}
			m.table.Partitions[0].Comment = "rows"
			plan := m.plan(Policy{Every: span("1 day"), Ahead: span("3"), Leaf: c.leaf}, date("2026-11-19"))
			is.Equal(strings.Join(plan.Operations()[0].Like, ", "), c.want)
		})
	}
}
