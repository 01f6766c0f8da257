package atlasext

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// build is CREATE INDEX CONCURRENTLY public.ours on public.orders.
func build(sql string) Change {
	return Change{SQL: sql, Outside: true,
		builds: &index{table: catalog.Name{Schema: "public", Table: "orders"}, name: "ours"}}
}

func apply(t *testing.T, db *pgtest.Database, p phase, c Change) error {
	t.Helper()
	p.conn, p.version = db.Conn(t), 140000
	return p.apply(t.Context(), []Change{c}, false)
}

const indexes = `select coalesce(string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' order by indexrelid::regclass::text), '') from pg_index
	where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`

// A name that is taken makes CREATE INDEX fail before it leaves anything: whatever bears that name is another's.
func TestIndexOfAnotherSurvivesTakenName(t *testing.T) {
	t.Parallel()
	for name, stranger := range map[string]string{
		"valid, of another table":   "create table theirs (id int); create index ours on theirs (id)",
		"invalid, of another table": "create table theirs (id int); create index ours on theirs (id); update pg_index set indisvalid = false where indexrelid = 'ours'::regclass",
		"valid, of the same table":  "create index ours on orders (id)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			db.Exec(t, "create table orders (id int)")
			db.Exec(t, stranger)
			before := db.Text(t, indexes)
			err := apply(t, db, phase{}, build(`CREATE INDEX CONCURRENTLY "ours" ON "public"."orders" ("id")`))
			var failed *ChangeError
			is.True(errors.As(err, &failed))
			is.Equal(failed.SQLState, "42P07")
			is.Equal(db.Text(t, indexes), before)
		})
	}
}

// What a failed build of ours left is dropped, although others read and write the table all the time.
func TestInvalidIndexOfOursIsDropped(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table orders (id int); insert into orders values (1), (1)")
	err := apply(t, db, phase{}, build(`CREATE UNIQUE INDEX CONCURRENTLY "ours" ON "public"."orders" ("id")`))
	var failed *ChangeError
	is.True(errors.As(err, &failed))
	is.Equal(failed.SQLState, "23505")
	is.Equal(db.Text(t, indexes), "")
}

// What earlier attempts left is in the way of the next one, or costs writers time.
func TestRemainsOfEarlierAttemptsAreDropped(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, `create table orders (id int, at date); create index ours on orders (id); create index aside on orders (id); create index others on orders (at);
		update pg_index set indisvalid = false where indrelid = 'orders'::regclass`)
	db.Exec(t, fmt.Sprintf("alter index aside rename to partsmith_invalid_%s", db.Text(t, "select 'aside'::regclass::oid")))
	db.Exec(t, "create index partsmith_invalid_7 on orders (at)") // no name of ours: the number is not its OID
	is.NoErr(apply(t, db, phase{}, build(`CREATE INDEX CONCURRENTLY "ours" ON "public"."orders" ("id")`)))
	is.Equal(db.Text(t, indexes), "others false, ours true, partsmith_invalid_7 true")
}

// An index that is to be dropped may have been renamed since, and its name given to another.
func TestOnlyAnIndexOfItsTableIsDropped(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table orders (id int); create table theirs (id int); create index ours on theirs (id)")
	drop := Change{SQL: `DROP INDEX CONCURRENTLY "public"."ours"`, Outside: true,
		drops: &index{table: catalog.Name{Schema: "public", Table: "orders"}, name: "ours"}}
	err := apply(t, db, phase{}, drop)
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "public.ours is not an index of table public.orders any more"))
	is.Equal(db.Text(t, indexes), "ours true")
	drop.drops.table.Table = "theirs"
	is.NoErr(apply(t, db, phase{}, drop))
	is.Equal(db.Text(t, indexes), "")
}

// While another session builds an index of that name, it is not valid either, and is not ours to drop.
func TestIndexThatAnotherBuildsIsLeftAlone(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table orders (id int)")
	writer, err := db.Conn(t).BeginTx(t.Context(), nil)
	is.NoErr(err)
	_, err = writer.ExecContext(t.Context(), "insert into orders values (1)")
	is.NoErr(err)
	theirs, done := db.Conn(t), make(chan error, 1)
	go func() {
		_, err := theirs.ExecContext(t.Context(), "create index concurrently ours on orders (id)")
		done <- err
	}()
	awaitIndexes(t, db, "ours false")

	err = apply(t, db, phase{lockTimeout: 50 * time.Millisecond, retryFor: -1}, build(`CREATE INDEX CONCURRENTLY "ours" ON "public"."orders" ("id")`))
	is.True(err != nil)
	is.Equal(db.Text(t, indexes), "ours false")
	is.NoErr(writer.Rollback())
	is.NoErr(<-done)
	is.Equal(db.Text(t, indexes), "ours true")
}

func awaitIndexes(t *testing.T, db *pgtest.Database, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for db.Text(t, indexes) != want {
		select {
		case <-ctx.Done():
			t.Fatalf("the indexes are %s, not %s", db.Text(t, indexes), want)
		case <-tick.C:
		}
	}
}
