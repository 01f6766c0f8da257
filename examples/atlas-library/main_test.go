package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// The program makes table and partitions on an empty database, and has nothing to do the second time.
func TestDeploy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	var first, second strings.Builder
	is.NoErr(deploy(t.Context(), db.URL, &first))
	is.True(strings.HasPrefix(first.String(), "changed the schema by 1 statements; created 1"))
	is.NoErr(deploy(t.Context(), db.URL, &second))
	is.Equal(second.String(), "changed the schema by 0 statements; created 0 partitions, detached 0, dropped 0\n")
}
