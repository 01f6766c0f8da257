package atlasext_test

import (
	"testing"
	"time"

	"ariga.io/atlas/sql/postgres"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Atlas does not say its key, so it is read from the server while Atlas holds it.
func TestOurKeyIsAtlass(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	driver, err := postgres.Open(db.SQL())
	is.NoErr(err)
	unlock, err := driver.Lock(t.Context(), "atlas_migrate_execute", 10*time.Second)
	is.NoErr(err)
	defer func() { is.NoErr(unlock()) }()
	var key int64
	is.NoErr(db.SQL().QueryRowContext(t.Context(), `select (classid::bigint << 32) | objid::bigint from pg_locks
		where locktype = 'advisory' and objsubid = 1 and database = (select oid from pg_database where datname = current_database())`).Scan(&key))
	is.Equal(key, int64(lock.Atlas))
}
