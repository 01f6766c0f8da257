package pgtest

import (
	"context"
	"fmt"
	"testing"
)

// Role makes a role that may log in and owns nothing, under a name that no other test has: roles belong to the whole
// server. It is dropped after the test, with what it owns in this database. Attributes are those of CREATE ROLE: "noinherit".
func (d *Database) Role(t testing.TB, prefix string, attributes ...string) string {
	t.Helper()
	name := d.host.name(prefix)
	statement := "create role " + name + " login"
	for _, attribute := range attributes {
		statement += " " + attribute
	}
	d.host.exec(t, statement)
	t.Cleanup(func() { d.dropRole(t, name) })
	return name
}

// RoleWithPassword makes a role that the server lets in only with its password.
func (d *Database) RoleWithPassword(t testing.TB, prefix, password string) string {
	t.Helper()
	return d.Role(t, prefix, "password '"+password+"'", "in role "+passwordGroup)
}

func (d *Database) dropRole(t testing.TB, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if _, err := d.pool.ExecContext(ctx, fmt.Sprintf("drop owned by %s cascade", name)); err != nil {
		t.Errorf("drop what %s owns: %v", name, err)
	}
	d.host.exec(t, "drop role "+name)
}
