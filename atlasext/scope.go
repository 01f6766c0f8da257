package atlasext

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// tidyTime bounds what is done after the end of a context.
const tidyTime = 5 * time.Second

// enter lets the session find the schema that the run is scoped to, as a URL with search_path would, and gives what puts it back.
func (r *run) enter(ctx context.Context) (leave func(), err error) {
	if r.Schema == "" {
		return func() {}, nil
	}
	var current, path string
	const query = "select coalesce(pg_catalog.current_schema(), ''), pg_catalog.current_setting('search_path')"
	if err := r.conn.QueryRowContext(ctx, query).Scan(&current, &path); err != nil {
		return nil, fmt.Errorf("read search_path: %w", err)
	}
	if current == r.Schema {
		return func() {}, nil
	}
	if err := r.setPath(ctx, catalog.QuoteIdent(r.Schema)); err != nil {
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
		defer cancel()
		if r.setPath(ctx, path) != nil {
			_ = lock.Discard(ctx, r.conn)
		}
	}, nil
}

func (r *run) setPath(ctx context.Context, path string) error {
	if _, err := r.conn.ExecContext(ctx, "select pg_catalog.set_config('search_path', $1, false)", path); err != nil {
		return fmt.Errorf("set search_path: %w", err)
	}
	return nil
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
