package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func whats(rights []catalog.Right) string {
	var s []string
	for _, r := range rights {
		s = append(s, r.What+" on "+r.Relation)
	}
	return strings.Join(s, ", ")
}

func TestRead_rights(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, stranger := db.Role(t, "owner"), db.Role(t, "stranger")
	member, quiet := db.Role(t, "member", "in role "+owner), db.Role(t, "quiet", "noinherit", "in role "+owner)
	db.Exec(t, fmt.Sprintf(`
		create schema app authorization %[1]s; create schema archive;
		create table app.events (at date) partition by range (at); alter table app.events owner to %[1]s;
		create table app.events_1 partition of app.events for values from ('2026-01-01') to ('2026-01-02'); alter table app.events_1 owner to %[1]s;
		create table app.events_2 partition of app.events for values from ('2026-01-02') to ('2026-01-03'); alter table app.events_2 owner to %[2]s;
		create table app.events_3 partition of app.events for values from ('2026-01-03') to ('2026-01-04')`, owner, stranger))
	super := readOne(t, db.SQL(), "app.events")
	if super.Owner != owner || super.ActAs != "" || len(super.Lacks) != 0 || whats(partition(t, super, "events_2").Lacks) != "" {
		t.Errorf("superuser: %+v", super)
	}
	own := readOne(t, db.As(t, owner), "app.events")
	if own.ActAs != "" || len(own.Lacks) != 0 || whats(partition(t, own, "events_1").Lacks) != "" {
		t.Errorf("owner: %+v", own)
	}
	if p := partition(t, own, "events_2"); whats(p.Lacks) != "ownership on app.events_2" || p.Lacks[0].Grant != "GRANT "+stranger+" TO "+owner || p.Owner != stranger {
		t.Errorf("owner: %+v", p)
	}
	if p := partition(t, own, "events_3"); whats(p.Lacks) != "ownership on app.events_3" || p.Lacks[0].Grant != "ALTER TABLE app.events_3 OWNER TO "+owner {
		t.Errorf("owner: %+v", p)
	}
	for _, role := range []string{member, quiet} {
		table := readOne(t, db.As(t, role), "app.events")
		if p := partition(t, table, "events_1"); table.ActAs != owner || len(table.Lacks) != 0 || p.ActAs != owner || len(p.Lacks) != 0 || !table.Target.Create {
			t.Errorf("%s: %+v", role, table)
		}
		archive := read(t, db.As(t, role), catalog.Want{Table: catalog.Name{Schema: "app", Table: "events"}, Schema: "archive"}).Tables[0]
		if whats(archive.Lacks) != "USAGE on archive, CREATE on archive" || archive.Target.Create || archive.Lacks[1].Grant != "GRANT CREATE ON SCHEMA archive TO "+owner {
			t.Errorf("%s: %+v", role, archive.Lacks)
		}
	}
	db.Exec(t, "revoke select on app.events from "+owner)
	if table := readOne(t, db.As(t, quiet), "app.events"); whats(table.Lacks) != "SELECT on app.events" || table.Lacks[0].Grant != "GRANT SELECT ON app.events TO "+owner {
		t.Errorf("without SELECT: %+v", table.Lacks)
	}
	table := readOne(t, db.As(t, stranger), "app.events")
	if whats(table.Lacks) != "ownership on app.events, SELECT on app.events, USAGE on app, CREATE on app" || table.ActAs != "" || table.Lacks[0].Grant != "GRANT "+owner+" TO "+stranger {
		t.Errorf("stranger: %+v", table.Lacks)
	}
	if p := partition(t, table, "events_2"); len(p.Lacks) != 0 {
		t.Errorf("stranger: %+v", p)
	}
	missing := read(t, db.SQL(), catalog.Want{Table: catalog.Name{Schema: "app", Table: "events"}, Schema: "none"}).Tables[0]
	if missing.Target.Exists || missing.Target.Create || len(missing.Lacks) != 0 {
		t.Errorf("missing schema: %+v", missing)
	}
}

// A superuser's session that has chosen a lesser role stays there; membership without SET does not count from 16 on.
func TestRead_does_not_rise_above_the_chosen_role(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, clerk := db.Role(t, "owner"), db.Role(t, "clerk")
	db.Exec(t, "create table events (at date) partition by range (at); alter table events owner to "+owner)
	conn := session(t, db.SQL())
	run(t, conn, "set role "+clerk)
	if table := readOne(t, conn, "events"); table.Server.Superuser || table.Server.Role != clerk || table.ActAs != "" || !strings.HasPrefix(whats(table.Lacks), "ownership") {
		t.Errorf("%+v", table)
	}
	run(t, conn, "reset role")
	if db.Text(t, "select current_setting('server_version_num')::int >= 160000") == "true" {
		db.Exec(t, fmt.Sprintf("grant %s to %s with inherit true, set false", owner, clerk))
		if table := readOne(t, db.As(t, clerk), "events"); table.ActAs != "" || !strings.HasPrefix(whats(table.Lacks), "ownership") {
			t.Errorf("%+v", table)
		}
	}
}
