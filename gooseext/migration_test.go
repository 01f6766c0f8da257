package gooseext_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// partitioned is the migration that makes events.
func partitioned(t *testing.T) *goose.Migration {
	t.Helper()
	m, err := gooseext.CreatePartitioned("00001_events.go", gooseext.Partitioned{
		Table: "events",
		SQL: `create table events (at timestamptz not null, n int generated always as identity, primary key (at, n)) partition by range (at);
			create index on events (n)`,
		Policy: twoDays(),
		At:     now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// withGo is an option for Go migrations alone.
func withGo(migrations ...*goose.Migration) gooseext.Option {
	return gooseext.WithGoose(goose.WithGoMigrations(migrations...))
}

func TestCreatePartitioned(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T, *pgtest.Database) *sql.DB{"pgx": separate, "lib/pq": withPQ} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is, db := is.New(t), pgtest.New(t)
			pool := open(t, db)
			pool.SetMaxOpenConns(1) // nothing happens on a second connection
			p := provide(t, pool, nil, plugin.Lifecycle{}, withGo(partitioned(t)))
			results, err := p.Up(t.Context())
			is.NoErr(err)
			is.True(strings.HasPrefix(results[0].String(), "OK    up 00001_events.go ("))
			is.Equal(partitions(t, db, "events"), "events__2024_05_15 events__2024_05_16")
			db.Exec(t, "insert into events values ('2024-05-16 23:59:59+00')")
			is.Equal(db.Text(t, "select count(*) from pg_indexes where tablename = 'events__2024_05_15'"), "2")

			due, err := alone(t, pool, maintain("events"))
			is.NoErr(err)
			is.True(!due[0].Plan.Due()) // what maintenance would have made is made

			_, err = p.Down(t.Context())
			is.NoErr(err)
			is.Equal(db.Text(t, "select to_regclass('events')"), "")
		})
	}
}

// The rest of the transaction, goose's version row at least, runs under the settings that it began with.
func TestAMigrationLeavesTheSettings(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	is.NoErr(err)
	defer func() { _ = tx.Rollback() }()
	settings := func() (all string) {
		const list = "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where source = 'session' or name ~ 'timeout|DateStyle|row_security'"
		is.NoErr(tx.QueryRowContext(t.Context(), list).Scan(&all))
		return all
	}
	_, err = tx.ExecContext(t.Context(), "set local lock_timeout = '7s'; set local timezone = 'Asia/Tokyo'")
	is.NoErr(err)
	before := settings()
	is.NoErr(partitioned(t).UpFnContext(t.Context(), tx))
	is.Equal(settings(), before)
	is.NoErr(partitioned(t).DownFnContext(t.Context(), tx))
	is.Equal(settings(), before)
}

// What fails leaves neither a table nor a version.
func TestCreatePartitionedIsOneTransaction(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, "create table events__2024_05_16 ()") // a stranger has the name
	p := provide(t, db.SQL(), nil, plugin.Lifecycle{}, withGo(partitioned(t)))
	_, err := p.Up(t.Context())
	is.True(errors.Is(err, executor.NameTaken))
	var partial *goose.PartialError
	is.True(errors.As(err, &partial))
	is.True(strings.Contains(err.Error(), "make partitioned table events: "))
	is.Equal(db.Text(t, "select to_regclass('events')"), "")
	is.Equal(db.Text(t, "select max(version_id) from goose_db_version"), "0")
	is.Equal(db.Text(t, "select current_setting('lock_timeout')"), "0")
}

// SQL that makes another table than the one that is named is a mistake, not a warning.
func TestCreatePartitionedMissesItsTable(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	wrong, err := gooseext.CreatePartitioned("00001_events.go", gooseext.Partitioned{Table: "event", SQL: events, Policy: twoDays()})
	is.NoErr(err)
	_, err = provide(t, db.SQL(), nil, plugin.Lifecycle{}, withGo(wrong)).Up(t.Context())
	is.True(errors.Is(err, executor.MissingTable))
	is.Equal(db.Text(t, "select to_regclass('events')"), "")
}

// A new parent gets partitions of its own. What was detached from the old one is another table's: neither attached nor dropped.
func TestRedoOfThePartitionedTable(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	policy := maintain("events")
	policy.Tasks[0].Policy.DropAfter.Set = true // at once
	migrate := func(l plugin.Lifecycle) *gooseext.Provider {
		return provide(t, db.SQL(), nil, l, withGo(partitioned(t)))
	}
	_, err := migrate(plugin.Lifecycle{}).Up(t.Context())
	is.NoErr(err)
	later := maintain("events")
	later.At = now().AddDate(0, 0, 3)
	_, err = migrate(later).Up(t.Context()) // detaches both, and keeps them
	is.NoErr(err)
	db.Exec(t, "insert into events__2024_05_15 values ('2024-05-15 01:00:00+00', 1)")
	is.Equal(partitions(t, db, "events"), "events__2024_05_18 events__2024_05_19")

	for range 2 {
		_, err = migrate(policy).Down(t.Context())
		is.NoErr(err)
		_, err = migrate(policy).Up(t.Context())
		is.NoErr(err)
		is.Equal(partitions(t, db, "events"), "events__2024_05_15_2 events__2024_05_16_2")
		is.Equal(db.Text(t, "select count(*) from events"), "0")
		is.Equal(db.Text(t, "select count(*) from events__2024_05_15"), "1") // it is as it was
	}
	policy.At = later.At.AddDate(0, 0, 9)
	_, err = migrate(policy).Up(t.Context())
	is.NoErr(err)
	is.Equal(db.Text(t, "select to_regclass('events__2024_05_15')"), "events__2024_05_15")
	is.Equal(db.Text(t, "select to_regclass('events__2024_05_15_2')"), "") // its own are dropped
}

func TestAttachAndDetach(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	old := gooseext.Attachment{Table: "events", Partition: "events__2024_05_01",
		Bound: "FOR VALUES FROM ('2024-05-01 00:00:00+00') TO ('2024-05-02 00:00:00+00')"}
	history := gooseext.Attachment{Table: `"events"`, Partition: `public."History"`, Bound: "for values from (minvalue) to ('2024-05-01 00:00:00+00')"}
	db.Exec(t, events+`; create table "History" (like events)`)
	detach, err := gooseext.DetachPartition("00001_detach.go", old)
	is.NoErr(err)
	attach, err := gooseext.AttachPartition("00002_attach.go", history)
	is.NoErr(err)
	p := provide(t, db.SQL(), nil, plugin.Lifecycle{}, withGo(detach, attach))
	_, err = p.Up(t.Context())
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), "History events__2024_05_14")

	life := maintain("events")
	life.Strict = true
	_, err = alone(t, db.SQL(), life) // it carries no marker
	is.NoErr(err)
	is.Equal(db.Text(t, "select to_regclass('events__2024_05_01')"), "events__2024_05_01")
	_, err = p.DownTo(t.Context(), 0)
	is.NoErr(err)
	is.Equal(partitions(t, db, "events"), withNew)
	is.Equal(db.Text(t, `select to_regclass('"History"')`), `"History"`)
}

// A migration holds nothing while it waits for a reader to go.
func TestAMigrationGivesWay(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, events)
	detach, err := gooseext.DetachPartition("00001_detach.go", gooseext.Attachment{Table: "events", Partition: "events__2024_05_01", Bound: "DEFAULT"})
	is.NoErr(err)
	_, free := behindReport(t, db)
	ended := make(chan error)
	go func() {
		_, err := provide(t, separate(t, db), nil, plugin.Lifecycle{}, withGo(detach)).Up(t.Context())
		ended <- err
	}()
	await(t, "a pause", func() bool {
		return db.Text(t, "select exists (select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' and query like 'ROLLBACK TO SAVEPOINT%')") == "true"
	})
	db.Exec(t, "insert into events values ('2024-05-14 00:00:00+00')") // nobody queues
	free()
	is.NoErr(<-ended)
	is.Equal(partitions(t, db, "events"), "events__2024_05_14")
}

func TestAlterPartitions(t *testing.T) {
	t.Parallel()
	is, db := is.New(t), pgtest.New(t)
	db.Exec(t, events+`; create table lone (like events);
		comment on table lone is 'pg-partsmith:orphan-parent=public.events
pg-partsmith:detached-at=2024-05-01T00:00:00+00:00';
		create table events_default partition of events default partition by range (n);
		create table events_rest partition of events_default default`)
	alter, err := gooseext.AlterPartitions("00001_fill.go", gooseext.Alteration{Table: "public.events",
		Up: "alter table {partition} set (fillfactor = 90)", Down: "alter table {partition} reset (fillfactor)"})
	is.NoErr(err)
	missing, err := gooseext.AlterPartitions("00002_other.go", gooseext.Alteration{Table: "other", Up: "alter table {partition} x", Down: "{partition}"})
	is.NoErr(err)
	filled := func() string {
		return db.Text(t, "select string_agg(relname, ' ' order by relname) from pg_class where reloptions = '{fillfactor=90}'")
	}
	p := provide(t, db.SQL(), nil, plugin.Lifecycle{}, withGo(alter, missing))
	_, err = p.Up(t.Context())
	is.True(errors.Is(err, executor.MissingTable))
	is.Equal(filled(), "events__2024_05_01 events__2024_05_14 events_rest")
	_, err = p.Down(t.Context())
	is.NoErr(err)
	is.Equal(filled(), "")
}

func TestBuildersRefuse(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	good := gooseext.Partitioned{Table: "events", SQL: "create table events", Policy: twoDays()}
	for _, source := range []string{"", "events.go", "00001_events.sql", "00000_events.go", "x_events.go"} {
		_, err := gooseext.CreatePartitioned(source, good)
		is.True(err != nil)
	}
	for _, bad := range []gooseext.Partitioned{
		{Table: "a.b.c", SQL: good.SQL, Policy: good.Policy},
		{Table: "events", Policy: good.Policy},
		{Table: "events", SQL: good.SQL},
	} {
		_, err := gooseext.CreatePartitioned("00001_events.go", bad)
		is.True(err != nil)
	}
	for _, bad := range []gooseext.Attachment{{Table: "", Partition: "p", Bound: "DEFAULT"}, {Table: "t", Partition: "", Bound: "DEFAULT"}, {Table: "t", Partition: "p", Bound: "('2024-01-01')"}} {
		_, err := gooseext.AttachPartition("00001_attach.go", bad)
		is.True(err != nil)
		_, err = gooseext.DetachPartition("00001_attach.go", bad)
		is.True(err != nil)
	}
	_, err := gooseext.AlterPartitions("00001_alter.go", gooseext.Alteration{Table: "t", Up: "alter table {partition}", Down: "nothing"})
	is.True(err != nil)
	_, err = gooseext.AlterPartitions("00001_alter.go", gooseext.Alteration{Table: "", Up: "{partition}", Down: "{partition}"})
	is.True(err != nil)
}
