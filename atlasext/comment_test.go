package atlasext_test

import (
	"strings"
	"testing"
)

// A hold in a table's comment is ours: whatever the desired comment says, it stays, and no plan lifts it.
func TestKeepsOwnLinesOfComments(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table plain (id int)")
		const own = "\ntable \"plain\" {\n  schema = schema.$ns\n  column \"id\" {\n    null = true\n    type = int\n  }\n  %comment\n}\n"
		hcl := func(comment string) string {
			return eventsHCL(comment, "") + strings.ReplaceAll(own, "%comment", comment)
		}
		comments := "select string_agg(coalesce(obj_description(c, 'pg_class'), '-'), '|') from unnest(array['$ns.events'::regclass, '$ns.plain'::regclass]) c"
		w.exec("comment on table events is E'all of them\\npartsmith:hold until the audit is over'; comment on table plain is 'partsmith:hold'")
		for _, step := range []struct{ desired, want string }{
			{"", "partsmith:hold until the audit is over|partsmith:hold"},
			{`comment = "what happened"`, "what happened\npartsmith:hold until the audit is over|what happened\npartsmith:hold"},
			{`comment = "what happened"`, "what happened\npartsmith:hold until the audit is over|what happened\npartsmith:hold"},
			{"comment = \"what\\npartsmith:hold\"", "what\npartsmith:hold until the audit is over|what\npartsmith:hold"},
		} {
			w.run(w.runner(hcl(step.desired), ""))
			w.Equal(w.text(comments), step.want)
		}
		// A line that is desired and not there yet is added.
		w.exec("comment on table events is 'partsmith:other'; comment on table plain is 'x'")
		w.run(w.runner(hcl(`comment = "partsmith:hold"`), ""))
		w.Equal(w.text(comments), "partsmith:other\npartsmith:hold|partsmith:hold")
		// Lifted by a person it is gone, and comments that have nothing of ours are Atlas's alone.
		w.exec("comment on table events is 'what'; comment on table plain is null")
		w.run(w.runner(hcl(`comment = "new"`), ""))
		w.Equal(w.text(comments), "new|new")
		w.run(w.runner(hcl(""), ""))
		w.Equal(strings.ReplaceAll(w.text(comments), "-", ""), "|")
	})
}
