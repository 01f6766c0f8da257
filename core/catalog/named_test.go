package catalog_test

import (
	"fmt"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create table public.goose_db_version (id int); create schema atlas_schema_revisions;
		create table atlas_schema_revisions.atlas_schema_revisions (id int); create table "a b" (id int) ; create table goose_db_version2 (id int);
		create schema other; create view other.goose_db_version as select 1`)
	found, err := catalog.Named(t.Context(), session(t, db.SQL()), "goose_db_version", "atlas_schema_revisions", "a b", "nowhere")
	if want := `[atlas_schema_revisions.atlas_schema_revisions public."a b" public.goose_db_version]`; err != nil || fmt.Sprint(found) != want {
		t.Errorf("%v, %v", found, err)
	}
}
