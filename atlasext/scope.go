package atlasext

import (
	"cmp"
	"context"
	"fmt"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/session"
)

// enter lets the session find the schema that the run is scoped to, as a URL with search_path would, and gives what puts it back.
func (r *run) enter(ctx context.Context) (leave func(), err error) {
	if r.Schema == "" {
		return func() {}, nil
	}
	var current string
	if err := r.conn.QueryRowContext(ctx, "select coalesce(pg_catalog.current_schema(), '')").Scan(&current); err != nil {
		return nil, fmt.Errorf("read search_path: %w", err)
	}
	if current == r.Schema {
		return func() {}, nil
	}
	s := session.On(r.conn)
	if err := s.Set(ctx, ddl.Setting{Name: "search_path", Value: r.Schema}); err != nil {
		return nil, fmt.Errorf("set search_path: %w", err)
	}
	return func() { s.End(ctx) }, nil
}

// qualified is a name with the schema that it has where none is written.
func (r *run) qualified(name catalog.Name) catalog.Name {
	name.Schema = cmp.Or(name.Schema, r.Schema, "public")
	return name
}

// tableIn finds a table by its name.
func tableIn(realm *schema.Realm, name catalog.Name) *schema.Table {
	ns, ok := realm.Schema(name.Schema)
	if !ok {
		return nil
	}
	t, _ := ns.Table(name.Table)
	return t
}

// nameOf is the name of a table of Atlas's.
func nameOf(t *schema.Table) catalog.Name {
	name := catalog.Name{Table: t.Name}
	if t.Schema != nil {
		name.Schema = t.Schema.Name
	}
	return name
}
