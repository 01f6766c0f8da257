package main

import (
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestDeploy(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const first = "up 00001_devices.sql\nup 00002_readings.go\nup 00003_fillfactor.go\ncreated 0 more partitions\n"
	for _, want := range []string{first, "created 0 more partitions\n"} {
		var out strings.Builder
		if err := deploy(t.Context(), db.URL, &out); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("said %q, expected %q", out.String(), want)
		}
	}
	if n := db.Text(t, "select count(*) from pg_class where relispartition and relkind = 'r' and reloptions = '{fillfactor=90}'"); n != "3" {
		t.Errorf("%s partitions have the fillfactor, expected 3", n)
	}
}

func TestTheWayBack(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if err := deploy(t.Context(), db.URL, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(db.SQL())
	if err != nil {
		t.Fatal(err)
	}
	if results, err := provider.DownTo(t.Context(), 0); err != nil || len(results) != 3 {
		t.Fatalf("took back %v: %v", results, err)
	}
	if left := db.Text(t, "select count(*) from pg_tables where schemaname = 'public' and tablename <> 'goose_db_version'"); left != "0" {
		t.Errorf("%s tables are left", left)
	}
}
