package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A detached partition is trusted where its owner is the parent's, or a role that the parent's owner was made a member of. That
// a superuser may do anything makes nobody trusted.
func TestRead_whose_detached_partitions_are_trusted(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, group, above, member, stranger := db.Role(t, "owner"), db.Role(t, "grp"), db.Role(t, "above"), db.Role(t, "member"), db.Role(t, "stranger")
	db.Exec(t, fmt.Sprintf("grant %s to %s; grant %s to %s; grant %s to %s", group, owner, above, group, owner, member))
	db.Exec(t, "create table e (k int) partition by range (k); create table super (k int) partition by range (k); alter table e owner to "+owner)
	for name, role := range map[string]string{"of_owner": owner, "of_group": group, "of_above": above, "of_member": member, "of_stranger": stranger, "of_super": "postgres"} {
		for _, parent := range []string{"e", "super"} {
			db.Exec(t, fmt.Sprintf("create table %[1]s_%[2]s (k int); alter table %[1]s_%[2]s owner to %[3]s; comment on table %[1]s_%[2]s is %[4]s", parent, name, role,
				catalog.QuoteLiteral("pg-partsmith:orphan-parent=public."+parent+"\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00")))
		}
	}
	trusted := func(table catalog.Table) string {
		var names []string
		for _, p := range table.Partitions {
			if p.Trusted {
				names = append(names, p.Name.Table)
			}
		}
		return strings.Join(names, " ")
	}
	if got := trusted(readOne(t, db.SQL(), "e")); got != "e_of_above e_of_group e_of_owner" {
		t.Errorf("trusted by %s: %s", owner, got)
	}
	if got := trusted(readOne(t, db.SQL(), "super")); got != "super_of_super" {
		t.Errorf("trusted by a superuser: %s", got)
	}
	db.Exec(t, fmt.Sprintf("grant %s to postgres", stranger))
	if got := trusted(readOne(t, db.SQL(), "super")); got != "super_of_stranger super_of_super" {
		t.Errorf("trusted by a superuser that is a member: %s", got)
	}
	if readOne(t, db.SQL(), "e").Server.Version < 160000 {
		return
	}
	db.Exec(t, fmt.Sprintf("grant %s to %s with admin true, inherit false, set false", stranger, owner)) // as CREATEROLE has it with what it made
	if got := trusted(readOne(t, db.SQL(), "e")); got != "e_of_above e_of_group e_of_owner" {
		t.Errorf("trusted by one who may only grant it: %s", got)
	}
}

// A table that was renamed or moved keeps its detached partitions; one that got its name has nothing to do with them.
func TestRead_detached_partitions_of_a_renamed_table(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, "create schema s; create table e (k int) partition by range (k); create table gone (k int); create table by_name (k int); create table foreign_one (k int)")
	mark := func(table string, oid, parent string) {
		db.Exec(t, fmt.Sprintf(`do $$ begin execute format('comment on table %s is %%L', E'pg-partsmith:orphan-parent=public.e\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00' || %s); end $$`, table,
			map[bool]string{true: "''", false: fmt.Sprintf("E'\\npartsmith:oid=' || %s || '/' || %s || ' bound=FOR VALUES FROM (1) TO (2)'", oid, parent)}[oid == ""]))
	}
	mark("gone", "'gone'::regclass::oid", "'e'::regclass::oid")
	mark("foreign_one", "7", "'e'::regclass::oid")
	mark("by_name", "", "")
	db.Exec(t, "alter table e rename to f; alter table f set schema s; create table e (k int) partition by range (k)")
	s := read(t, db.SQL(), want("s.f"), want("public.e"))
	if got := strings.Join(names(s.Tables[0]), " "); got != "gone" {
		t.Errorf("of the renamed table: %s", got)
	}
	if got := strings.Join(names(s.Tables[1]), " "); got != "by_name foreign_one" {
		t.Errorf("of the table that has its name: %s", got)
	}
	if got := strings.Join(names(readOne(t, db.SQL(), "public.e")), " "); got != "by_name foreign_one gone" {
		t.Errorf("where the renamed table is not read: %s", got)
	}
}
