/*
Package gooseext joins partition maintenance to goose: every run of goose upwards also makes the partitions that the next
days need and retires those past their retention, under the lock that goose itself takes.

# A provider

NewProvider stands where goose.NewProvider stood. What it is given beside goose's own arguments is a plug-in, usually a
plugin.Lifecycle with the policies:

	//go:embed migrations/*.sql
	var files embed.FS

	migrations, err := fs.Sub(files, "migrations")
	…
	provider, err := gooseext.NewProvider(db, migrations, plugin.Lifecycle{
		Tasks: []lifecycle.Task{{
			Table: catalog.Name{Schema: "public", Table: "events"},
			Policy: lifecycle.Policy{
				Every:     period.Days(1),
				Keep:      period.Days(90),
				DropAfter: period.Days(7),
			},
		}},
	})
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)

Up, UpTo, UpByOne, Down, DownTo, Status, HasPending, GetVersions and ListSources have goose's signatures, results and
errors. Run tells everything about a run, Maintain leaves goose out, Around is for what is not offered, and Wrap takes a
provider that is there already. Policies may come from a file: document.Read and document.ReadFS.

What can go wrong is told apart by type:

	var failed *goose.PartialError          // a migration failed, as goose says it; missing partitions were still created
	var incomplete *gooseext.MaintenanceError // the migrations went well, or failed on their own; maintenance did not

Maintenance does not fail a deploy that goose alone would have passed, unless rows would soon find no partition, not even a
DEFAULT one. That goes for a lock that another session has, too: what can wait is left to a later run. What else it could not
do is in the results and in the log (plugin.Lifecycle has the details).

# Two windows, one key

Goose works under its own session lock and gives it back. Then one session takes the same key, plans afresh, works, and
gives it back in turn: the DDL runs on the session that holds the lock, so a pool of one connection is enough and a lost
session takes lock and work with it. Retirement takes the key step by step, so the next deploy never waits long for it.
Where nothing is pending and nothing is due, no lock is taken at all.

What migrations set on their sessions (SET search_path, SET ROLE, timeouts) does not reach maintenance: it works under the
settings that sessions had before the provider's first run, and finds tables without a schema by that search_path. Afterwards
each session has its settings as migrations left them, as with goose alone.

The locker is a SessionLocker, which anybody may use with goose alone:

	locker, err := gooseext.NewSessionLocker(gooseext.WithWait(time.Minute))
	…
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker))

# Go migrations

CreatePartitioned makes a partitioned table with its first partitions in one transaction; AttachPartition,
DetachPartition and AlterPartitions change the partitions of a table; OnSession is one outside any transaction. They serve a
provider (goose.WithGoMigrations, in WithGoose) and goose's registry (goose.SetGlobalMigrations). A program that has them and
wants to be goose's command beside that finds it in package goosecli.

SQL migrations, with a transaction or without, and all of these run on the session that holds the lock: what a killed client
leaves running at the server keeps the lock until it ends, and nobody runs it a second time beside it. Goose's own RunDB
functions do not (v3.29): they get the pool.

# Goose's package functions

Programs that call goose.UpContext and its like have no lock. Legacy holds it for them:

	legacy, err := gooseext.NewLegacy(db, maintenance)
	…
	results, err := legacy.UpOnSession(ctx, func(ctx context.Context, db *sql.DB) error {
		return goose.UpContext(ctx, db, "migrations")
	})

The pool that goose gets is nothing but the session with the lock.
*/
package gooseext
