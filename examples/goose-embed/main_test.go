package main

import (
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestDeploy(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, want := range []string{
		// Windows that begin within 14 days: today's and those of the next 14.
		"applied 2 migrations; created 15 partitions, detached 0, dropped 0\n",
		"applied 0 migrations; created 0 partitions, detached 0, dropped 0\n",
	} {
		var out strings.Builder
		if err := deploy(t.Context(), db.URL, &out); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("said %q, expected %q", out.String(), want)
		}
	}
	db.Exec(t, "insert into accounts (name) values ('first')")
	db.Exec(t, "insert into events values (now() + interval '13 days', 1, 'booked')")
}

func TestDeployWithoutADatabase(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := deploy(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1", &out); err == nil {
		t.Error("a server that is not there is no error")
	}
}
