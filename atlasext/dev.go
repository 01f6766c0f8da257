package atlasext

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// dev is a driver of the dev database that hides nothing: what is in it is in the way, and is cleared away afterwards.
func (s Source) dev() (*Driver, error) {
	if s.Dev == nil {
		return nil, nil
	}
	driver, err := Open(s.Dev, DriverOptions{})
	if err == nil {
		driver.inspector.ShowAll = true
	}
	return driver, err
}

// said reads what is said of the dev database's schemas.
func (s Source) said(ctx context.Context) (map[string]string, error) {
	rows, err := s.Dev.QueryContext(ctx, "select n.nspname::pg_catalog.text, coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') from pg_catalog.pg_namespace n")
	if err != nil {
		return nil, fmt.Errorf("read schemas of dev database: %w", err)
	}
	defer func() { _ = rows.Close() }()
	said := map[string]string{}
	for rows.Next() {
		var name, comment string
		if err := rows.Scan(&name, &comment); err != nil {
			return nil, fmt.Errorf("read schemas of dev database: %w", err)
		}
		said[name] = comment
	}
	return said, rows.Err()
}

// uncomment takes out of what was seen in the dev database what was said of its schemas before: nobody desires that.
func (d *Desired) uncomment(before map[string]string) {
	d.unsaid = map[string]bool{}
	for _, ns := range d.Realm.Schemas {
		if comment, there := before[ns.Name]; there && commentOf(ns.Attrs) == comment {
			ns.Attrs = withComment(ns.Attrs, nil)
			d.unsaid[ns.Name] = true
		}
	}
}

func commentOf(attrs []schema.Attr) string {
	for _, a := range attrs {
		if c, ok := a.(*schema.Comment); ok {
			return c.Text
		}
	}
	return ""
}

// withComment are attributes with another comment; nil: without any.
func withComment(attrs []schema.Attr, comment *schema.Comment) []schema.Attr {
	attrs = slices.DeleteFunc(slices.Clone(attrs), func(a schema.Attr) bool { _, ok := a.(*schema.Comment); return ok })
	if comment != nil {
		attrs = append(attrs, comment)
	}
	return attrs
}
