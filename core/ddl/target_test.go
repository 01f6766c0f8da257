package ddl_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// Whatever changes a partition asks first, in the same transaction and under its lock, whether it is still the one that was planned.
func TestTargetsAskBeforeTheyChange(t *testing.T) {
	t.Parallel()
	parent := ddl.Target{Name: catalog.Name{Schema: "public", Table: "events"}, OID: 1, Role: "app"}
	p := ddl.Target{Name: catalog.Name{Schema: "public", Table: "events_1"}, OID: 2, Role: "other"}
	for change, statements := range map[string][]ddl.Statement{
		"COMMENT ON":         p.Recomment("text", ddl.AttachedTo(1)),
		"DROP TABLE":         p.DropDetached(ddl.Commented("text")),
		" ATTACH PARTITION ": parent.Attach(p, "DEFAULT", "was", "becomes", "ours"),
		" DETACH PARTITION ": parent.Detach(p, "marker", nil, ddl.AttachedTo(1)),
		" FINALIZE":          parent.Finalize(p, "DEFAULT", "was", "marker"),
	} {
		asks := slices.IndexFunc(statements, func(s ddl.Statement) bool { return strings.Contains(s.SQL, "no longer what was planned") })
		changes := slices.IndexFunc(statements, func(s ddl.Statement) bool { return strings.Contains(s.SQL, change) })
		if asks < 0 || changes < 0 || changes < asks {
			t.Errorf("%q stands at %d, the question at %d", change, changes, asks)
		}
		for _, s := range statements {
			if s.SQL == "" || strings.Contains(s.SQL, "CASCADE") {
				t.Errorf("%q has %q", change, s.SQL)
			}
		}
	}
}

// A plain DETACH locks together what one role may lock, and leaves the rest to the statement.
func TestDetachLocksTogether(t *testing.T) {
	t.Parallel()
	target := func(name, role string) ddl.Target {
		return ddl.Target{Name: catalog.Name{Schema: "public", Table: name}, Role: role}
	}
	for role, want := range map[string]string{
		"app":   "LOCK TABLE ONLY public.events, public.p, public.rest IN ACCESS EXCLUSIVE MODE",
		"other": "LOCK TABLE ONLY public.events, public.rest IN ACCESS EXCLUSIVE MODE",
	} {
		statements := target("events", "app").Detach(target("p", role), "", []ddl.Target{target("rest", "app")})
		if !slices.ContainsFunc(statements, func(s ddl.Statement) bool { return s.SQL == want }) {
			t.Errorf("%s: %v", role, statements)
		}
	}
}
