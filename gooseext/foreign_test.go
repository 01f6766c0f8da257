package gooseext_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	gooselock "github.com/pressly/goose/v3/lock"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Ready lockers of the program's own serve both windows.
func TestReadyLockers(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	session, err := gooselock.NewPostgresSessionLocker(gooselock.WithLockID(99), gooselock.WithLockTimeout(1, 1))
	is.NoErr(err)
	counted := &counter{inner: session}
	_, err = provide(t, db.SQL(), three(), maintain("events"), gooseext.WithSessionLocker(counted)).Up(t.Context())
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), afterwards)
	is.True(counted.locked >= 2) // migrations, maintenance
	is.Equal(counted.locked, counted.unlocked)
	leftNothing(t, db, db.SQL())

	db.Exec(t, "drop table events__2024_05_16")
	conn := db.Conn(t)
	is.NoErr(session.SessionLock(t.Context(), conn))
	_, err = provide(t, db.SQL(), three(), maintain("events"), gooseext.WithSessionLocker(counted)).Up(t.Context())
	var busy *lock.BusyError
	is.True(errors.As(err, &busy)) // the locker gave up
}

type counter struct {
	inner            gooselock.SessionLocker
	locked, unlocked int
}

func (c *counter) SessionLock(ctx context.Context, conn *sql.Conn) error {
	c.locked++
	return c.inner.SessionLock(ctx, conn)
}

func (c *counter) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	c.unlocked++
	return c.inner.SessionUnlock(ctx, conn)
}

func TestTheTableBasedLocker(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	locker, err := gooselock.NewPostgresTableLocker()
	is.NoErr(err)
	p := provide(t, db.SQL(), three(), maintain("events"), gooseext.WithLocker(locker))
	_, err = p.Up(t.Context())
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), afterwards)
	is.Equal(db.Text(t, "select count(*) from goose_lock where locked"), "0")

	db.SQL().SetMaxOpenConns(1)
	_, err = p.Down(t.Context())
	is.True(err != nil && strings.Contains(err.Error(), "SetMaxOpenConns")) // instead of hanging
}

// A locker that the lifecycle brings is goose's, too, unless an option says otherwise.
func TestTheLocksOfALifecycleAreGooses(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	scheme, err := lock.ParseScheme("id:77")
	is.NoErr(err)
	life := maintain("events")
	life.Executor.Locker = scheme.Locker()
	conn := db.Conn(t)
	_, err = conn.ExecContext(t.Context(), "select pg_advisory_lock(77)")
	is.NoErr(err)
	_, err = provide(t, db.SQL(), three(), life).Up(t.Context())
	is.True(err != nil && strings.Contains(err.Error(), "failed to initialize: lock session: advisory lock 77 is held by pid"))

	results, err := provide(t, db.SQL(), three(), life, gooseext.WithLockID(78)).Up(t.Context())
	is.Equal(len(results), 3) // goose has a lock of its own now; maintenance is kept out
	is.True(err != nil)
}
