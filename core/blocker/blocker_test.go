package blocker_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func TestString(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(blocker.Blocker{}.String(), "a prepared transaction")
	is.Equal(blocker.Blocker{PID: 4711}.String(), "pid 4711")
	is.Equal(blocker.Blocker{PID: 4711, Application: "report", State: "idle in transaction", Transaction: 182 * time.Second, Query: 900 * time.Millisecond}.String(),
		"pid 4711 (report, idle in transaction, transaction of 3m2s, query begun 900ms ago)")
	is.Equal(blocker.Blocker{PID: 7, Autovacuum: true, State: "active"}.String(), "pid 7 (autovacuum worker, active)")
}

// Those whose locks stand against ours are found, and nobody else.
func TestFind(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table ev (id int) partition by range (id)")
	reader := db.Conn(t)
	_, err := reader.ExecContext(t.Context(), "set application_name = 'report'; begin; select from ev")
	is.NoErr(err)
	name := catalog.Name{Schema: "public", Table: "ev"}
	wanting := func(mode string) []lifecycle.Operation {
		return []lifecycle.Operation{{Kind: lifecycle.Create, Parent: name, Locks: []lifecycle.RelationLock{{Relation: name, Mode: mode}}}}
	}
	conn := db.Conn(t)
	found, err := blocker.Find(t.Context(), conn, wanting(ddl.AccessExclusive))
	is.NoErr(err)
	is.Equal(len(found), 1)
	is.Equal(found[0].Application, "report")
	is.Equal(found[0].State, "idle in transaction")
	found, err = blocker.Find(t.Context(), conn, wanting("SHARE UPDATE EXCLUSIVE"))
	is.NoErr(err)
	is.Equal(len(found), 0)
	detach := []lifecycle.Operation{{Kind: lifecycle.Detach, Parent: name, Concurrent: true}} // it waits for whoever uses the parent
	found, err = blocker.Find(t.Context(), conn, detach)
	is.NoErr(err)
	is.Equal(len(found), 1)
	_, err = reader.ExecContext(t.Context(), "rollback")
	is.NoErr(err)
}

func TestSightings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var seen blocker.Sightings
	now, limit := time.Unix(0, 0), time.Minute
	old, young := blocker.Blocker{PID: 1, Transaction: 2 * limit}, blocker.Blocker{PID: 2, Transaction: limit / 2}
	seen.Look([]blocker.Blocker{old, young}, now)
	is.True(seen.Old(old, limit, now))
	is.True(!seen.Old(young, limit, now))
}
