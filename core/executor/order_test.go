package executor

import (
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// What references goes before what is referenced, in one run, whatever the order in the document.
func TestReferencingTablesGoFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tables []string
		jobs   int
	}{
		"referenced first":   {[]string{"orders", "other", "items"}, 1},
		"referencing first":  {[]string{"items", "orders", "other"}, 1},
		"with several jobs":  {[]string{"orders", "other", "items"}, 3},
		"the whole chain up": {[]string{"orders", "items", "notes"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, `create table orders (at timestamptz, id int, primary key (at, id)) partition by range (at);
create table items (at timestamptz, id int, primary key (at, id), foreign key (at, id) references orders) partition by range (at);
create table notes (at timestamptz, id int, foreign key (at, id) references items) partition by range (at);
create table other (at timestamptz not null) partition by range (at)`)
			var tasks []lifecycle.Task
			for _, table := range c.tables {
				tasks = append(tasks, daily(table, period.Span{Set: true}))
			}
			e := Executor{AtDestroys: true, Jobs: c.jobs, Sessions: db.SQL()}
			var created []string
			e.Progress = func(d Done) {
				if d.Operation.Kind == lifecycle.Create {
					created = append(created, d.Operation.Parent.Table)
				}
			}
			_, err := e.Run(t.Context(), db.Conn(t), tasks, november(1))
			is.NoErr(err)
			is.True(slices.Index(created, "orders") < slices.Index(created, "items"))
			db.Exec(t, "insert into orders values ('2055-11-01 12:00Z', 1); insert into items values ('2055-11-01 12:00Z', 1)")
			if slices.Contains(c.tables, "notes") {
				db.Exec(t, "insert into notes values ('2055-11-01 12:00Z', 1)")
			}
			reading, err := planner.Read(t.Context(), db.Conn(t), tasks, november(5))
			is.NoErr(err)
			for _, p := range reading.Plans() {
				for _, f := range p.Findings {
					is.True(f.Code != "referenced" || f.Severity == lifecycle.Warning)
				}
			}
			e.Progress = nil
			results, err := e.Run(t.Context(), db.Conn(t), tasks, november(5))
			is.NoErr(err)
			for _, r := range results {
				is.NoErr(r.Err())
			}
			is.Equal(Count(results...).Dropped, 6)
			is.Equal(db.Text(t, "select count(*) from orders"), "0")
		})
	}
}

// Where the referencing table keeps its rows, those that they point at stay, and that is an error.
func TestRowsThatStayKeepWhatTheyReference(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, `create table orders (at timestamptz, id int, primary key (at, id)) partition by range (at);
create table items (at timestamptz, id int, foreign key (at, id) references orders) partition by range (at)`)
	orders, items := daily("orders", period.Span{Set: true}), daily("items", period.Span{Set: true})
	items.Policy.Keep = period.Span{Windows: 30, Set: true}
	tasks := []lifecycle.Task{orders, items}
	_, err := Executor{AtDestroys: true}.Run(t.Context(), db.Conn(t), tasks, november(1))
	is.NoErr(err)
	db.Exec(t, "insert into orders values ('2055-11-01 12:00Z', 1); insert into items values ('2055-11-01 12:00Z', 1)")
	results, err := Executor{AtDestroys: true}.Run(t.Context(), db.Conn(t), tasks, november(5))
	is.NoErr(err)
	is.True(!results[0].OK())
	is.Equal(db.Text(t, "select count(*) from orders"), "1")
}
