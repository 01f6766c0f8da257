package main

import (
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func TestLockMismatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lock   string
		tables []string
		found  bool
	}{
		{"goose", nil, false},
		{"goose", []string{"goose_db_version"}, false},
		{"goose-3.25", []string{"goose_db_version"}, false},
		{"goose", []string{"atlas_schema_revisions"}, true},
		{"goose", []string{"atlas_schema_revisions", "goose_db_version"}, false},
		{"atlas", []string{"goose_db_version"}, true},
		{"golang-migrate:ops.versions", []string{"schema_migrations"}, false},
		{"tern", []string{"schema_version"}, false},
		{"none", []string{"goose_db_version"}, false},
		{"id:42", []string{"goose_db_version"}, false},
		{"name:shop", []string{"goose_db_version"}, false},
		{"goose", []string{"something_else"}, false},
	} {
		var tables []catalog.Name
		for _, table := range c.tables {
			tables = append(tables, catalog.Name{Schema: "public", Table: table})
		}
		if findings := lockMismatch(tables, c.lock); len(findings) > 0 != c.found {
			t.Errorf("%s with %v: %v", c.lock, c.tables, findings)
		}
	}
}
